import { nicknames } from './nicknames.data.js';

let table: ReadonlyMap<string, readonly string[]> | undefined;

// Everyday forms the English table lacks; common knowledge of the traditions.
const MORE_NICKNAMES =
  'francisco,paco,pancho;josé,pepe;jose,pepe;guadalupe,lupe;ignacio,nacho;jesús,chuy;jesus,chuy;enrique,kike;alejandro,alex;' +
  'alejandra,ale;isabel,isa;concepción,concha;dolores,lola;roberto,beto;eduardo,lalo;guillermo,memo;maria,mari;maría,mari;' +
  'mohammed,mo;muhammad,mo;mohamed,mo;abdulrahman,abdul;vladimir,vlad;aleksandr,sasha;giuseppe,joe;giovanni,gianni;siobhan,shiv;' +
  'caoimhe,keeva;fernando,nando;rosario,charo;gabriela,gaby;beatriz,bea';

/** Short and everyday forms of a given name, capitalised; empty where none are known. One direction only: Robert gives Bob. */
export function nicknamesOf(given: string): readonly string[] {
  table ??= new Map(
    `${nicknames};${MORE_NICKNAMES}`.split(';').map((line) => {
      const [name = '', ...shorts] = line.split(',');
      return [name, shorts.map((short) => short.charAt(0).toUpperCase() + short.slice(1))] as const;
    }),
  );
  return table.get(given.toLowerCase()) ?? [];
}

// Spellings that a clerk who hears the name may write, and transliterations that one person's papers may mix.
const RESPELLINGS = (
  'Mohammed Muhammad Mohamed Mohammad;Ahmed Ahmad;Hussein Hussain Husain;Yousef Yusuf Youssef;Fatima Fatma;Abdullah Abdallah;' +
  'Catherine Katherine Kathryn Katharine;Steven Stephen;Sara Sarah;Jon John;Brian Bryan;Megan Meghan Meagan;Eric Erik;Mark Marc;' +
  'Jeffrey Geoffrey Jeffery;Philip Phillip;Alan Allan Allen;Ann Anne;Teresa Theresa;Lori Laurie;Rebecca Rebekah;Kristen Kristin;' +
  'Caitlin Kaitlyn Katelyn;Aidan Aiden Ayden;Jaden Jayden Jaiden;Sean Shawn Shaun;Gary Garry;Carl Karl;Deborah Debra;Hannah Hanna;' +
  'Isabel Isabelle Ysabel;Michele Michelle;Nicholas Nicolas;Zachary Zachery Zackary;Luis Louis;Smith Smyth Smythe;Reid Reed Read;' +
  'Clark Clarke;Brown Browne;Johnson Johnston Jonson;Thompson Thomson;Meyer Myers Meyers;Schmidt Schmitt;Peterson Petersen Pedersen;' +
  'Hansen Hanson;Nielsen Nelson Nielson;Davis Davies;Stewart Stuart;Phillips Philips;Rodriguez Rodrigues;Gonzalez Gonzales;' +
  'Hernandez Fernandez;Gomez Gomes;Perez Peres;Vasquez Vazquez;Valdez Valdes;Lee Li Lea Leigh;Nguyen Ngyuen Nguyan;Zhang Chang;' +
  'Chen Chan;Park Pak;Choi Choe;Chaudhry Chowdhury Choudhury;Rahman Rehman;Sayed Syed;Kaur Cour;MacDonald McDonald;MacLeod McLeod'
)
  .split(';')
  .map((line) => line.split(' '));

const RESPELLING_BY_NAME = new Map(
  RESPELLINGS.flatMap((group) => group.map((name) => [name, group.filter((other) => other !== name)] as const)),
);

/** Other spellings of a name that sounds the same; empty where none are listed. */
export function respellingsOf(name: string): readonly string[] {
  return RESPELLING_BY_NAME.get(name) ?? [];
}
