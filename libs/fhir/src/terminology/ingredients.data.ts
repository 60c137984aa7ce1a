/**
 * Ingredients by name: ATC code, RxNorm ingredient (IN) where it is known for certain, then further names (salts are left out, brands
 * that charts use instead of the ingredient are kept). One line an ingredient: `name|atc|rxnorm|other names`.
 *
 * Sources: WHO ATC/DDD index (codes, international non-proprietary names); RxNorm ingredients as listed by CPIC, by Synthea's
 * allergy modules and by the VSAC value sets 2.16.840.1.113883.3.526.3.1493 (beta blockers), .1489 (ACE inhibitors, ARBs),
 * 2.16.840.1.113762.1.4.1110.42 (statins) and 2.16.840.1.113762.1.4.1248.22 (anticoagulants). US brand names: FDA Orange Book.
 *
 * It is no formulary. It holds what an emergency must not miss and what allergies are recorded against; a drug that is not
 * here is still shown, grouped by its own code and name.
 */
export const INGREDIENTS = `
amoxicillin|J01CA04|723|amoxycillin,amoxil
amoxicillin clavulanate|J01CR02|19711|augmentin,co amoxiclav,amoxicillin and clavulanate,amoxicillin clavulanic acid
ampicillin|J01CA01|733|
ampicillin sulbactam|J01CR01||unasyn
piperacillin|J01CA12|8339|
piperacillin tazobactam|J01CR05||zosyn
ticarcillin|J01CA13||timentin
benzylpenicillin|J01CE01|7980|penicillin g,bicillin,bicillin l a,penicillin g benzathine,penicillin g potassium,benzathine benzylpenicillin
phenoxymethylpenicillin|J01CE02|7984|penicillin v,penicillin v potassium,pen vk,penicillin vk
dicloxacillin|J01CF01|3356|
cloxacillin|J01CF02||
oxacillin|J01CF04|7773|
flucloxacillin|J01CF05||floxacillin
nafcillin|J01CF06|7233|
cefalexin|J01DB01|2231|cephalexin,keflex
cefazolin|J01DB04|2180|cefazoline,ancef
cefadroxil|J01DB05||
cefoxitin|J01DC01|2189|
cefuroxime|J01DC02|2194|ceftin
cefaclor|J01DC04|2176|
cefotaxime|J01DD01||
ceftazidime|J01DD02|2191|
ceftriaxone|J01DD04|2193|rocephin
cefixime|J01DD08|25033|
cefpodoxime|J01DD13|20489|
cefdinir|J01DD15|25037|omnicef
cefepime|J01DE01|20481|
meropenem|J01DH02||
ertapenem|J01DH03||
imipenem|J01DH51||
sulfamethoxazole trimethoprim|J01EE01|10831|bactrim,septra,co trimoxazole,cotrimoxazole,trimethoprim sulfamethoxazole,tmp smx,smz tmp
sulfamethoxazole|J01EC01|10180|
sulfadiazine|J01EC02|10171|
sulfisoxazole|J01EB05|10207|
trimethoprim|J01EA01|10829|
erythromycin|J01FA01|4053|
clarithromycin|J01FA09|21212|biaxin
azithromycin|J01FA10|18631|zithromax,z pak
clindamycin|J01FF01|2582|cleocin
ciprofloxacin|J01MA02|2551|cipro
levofloxacin|J01MA12|82122|levaquin
moxifloxacin|J01MA14|139462|avelox
ofloxacin|J01MA01||
doxycycline|J01AA02|3640|
minocycline|J01AA08||
tetracycline|J01AA07||
gentamicin|J01GB03||
tobramycin|J01GB01||
amikacin|J01GB06||
vancomycin|J01XA01|11124|vancocin
metronidazole|J01XD01|6922|flagyl
nitrofurantoin|J01XE01|7454|macrobid
aspirin|B01AC06|1191|acetylsalicylic acid,asa,ecotrin
ibuprofen|M01AE01|5640|advil,motrin
naproxen|M01AE02|7258|aleve,naprosyn
diclofenac|M01AB05|3355|voltaren
indometacin|M01AB01||indomethacin
ketorolac|M01AB15|35827|toradol
meloxicam|M01AC06||mobic
celecoxib|M01AH01|140587|celebrex
paracetamol|N02BE01|161|acetaminophen,tylenol
morphine|N02AA01|7052|
hydromorphone|N02AA03||dilaudid
oxycodone|N02AA05|7804|percocet,oxycontin
codeine|R05DA04|2670|
hydrocodone|R05DA03|5489|vicodin,norco
fentanyl|N02AB03|4337|duragesic
tramadol|N02AX02|10689|ultram
methadone|N07BC02|6813|
buprenorphine|N07BC01|1819|suboxone
lidocaine|N01BB02|6387|lignocaine
bupivacaine|N01BB01||
procaine|N01BA02||novocaine
suxamethonium|M03AB01|10154|succinylcholine
rocuronium|M03AC09||
iohexol|V08AB02||omnipaque
iodixanol|V08AB09||visipaque
iopamidol|V08AB04||isovue
warfarin|B01AA03|11289|coumadin,jantoven
phenprocoumon|B01AA04|8150|marcumar
acenocoumarol|B01AA07|154|sintrom
heparin|B01AB01|5224|
dalteparin|B01AB04||fragmin
enoxaparin|B01AB05|67108|lovenox
tinzaparin|B01AB10||
fondaparinux|B01AX05|321208|arixtra
bivalirudin|B01AE06||angiomax
argatroban|B01AE03||
dabigatran|B01AE07|1037042|dabigatran etexilate,pradaxa
rivaroxaban|B01AF01|1114195|xarelto
apixaban|B01AF02|1364430|eliquis
edoxaban|B01AF03|1599538|savaysa,lixiana
clopidogrel|B01AC04|32968|plavix
prasugrel|B01AC22|613391|effient
ticagrelor|B01AC24|1116632|brilinta
dipyridamole|B01AC07||aggrenox
ticlopidine|B01AC05||
cilostazol|B01AC23||
digoxin|C01AA05|3407|lanoxin
amiodarone|C01BD01|703|cordarone,pacerone
dronedarone|C01BD07||multaq
flecainide|C01BC04|4441|
propafenone|C01BC03|8754|
quinidine|C01BA01|9068|
dofetilide|C01BD04||tikosyn
nitroglycerin|C01DA02|4917|glyceryl trinitrate,nitrostat
isosorbide dinitrate|C01DA08|6058|
isosorbide mononitrate|C01DA14||imdur
ivabradine|C01EB17||
ranolazine|C01EB18||ranexa
clonidine|C02AC01|2599|
hydralazine|C02DB02|5470|
furosemide|C03CA01|4603|lasix,frusemide
bumetanide|C03CA02||bumex
torasemide|C03CA04||torsemide
hydrochlorothiazide|C03AA03|5487|hctz
chlortalidone|C03BA04||chlorthalidone
spironolactone|C03DA01|9997|aldactone
eplerenone|C03DA04||
metoprolol|C07AB02|6918|lopressor,toprol
atenolol|C07AB03|1202|tenormin
bisoprolol|C07AB07|19484|
nebivolol|C07AB12|31555|
esmolol|C07AB09|49737|
propranolol|C07AA05|8787|inderal
nadolol|C07AA12|7226|
sotalol|C07AA07|9947|
labetalol|C07AG01|6185|
carvedilol|C07AG02|20352|coreg
amlodipine|C08CA01|17767|norvasc
nifedipine|C08CA05|7417|
verapamil|C08DA01|11170|
diltiazem|C08DB01|3443|cardizem
lisinopril|C09AA03|29046|zestril,prinivil
enalapril|C09AA02|3827|vasotec
captopril|C09AA01|1998|
ramipril|C09AA05|35296|
benazepril|C09AA07|18867|
losartan|C09CA01|52175|cozaar
valsartan|C09CA03|69749|diovan
candesartan|C09CA06|214354|
irbesartan|C09CA04|83818|
olmesartan|C09CA08|321064|
sacubitril valsartan|C09DX04||entresto
atorvastatin|C10AA05|83367|lipitor
simvastatin|C10AA01|36567|zocor
rosuvastatin|C10AA07|301542|crestor
pravastatin|C10AA03|42463|
lovastatin|C10AA02|6472|
fluvastatin|C10AA04|41127|
pitavastatin|C10AA08|861634|
insulin glargine|A10AE04|274783|lantus,basaglar
insulin detemir|A10AE05||levemir
insulin degludec|A10AE06||tresiba
insulin lispro|A10AB04|86009|humalog
insulin aspart|A10AB05||novolog
insulin human|A10AB01||humulin,novolin
metformin|A10BA02|6809|glucophage
glipizide|A10BB07|4821|
glimepiride|A10BB12|25789|
glibenclamide|A10BB01|4815|glyburide
prednisone|H02AB07|8640|
prednisolone|H02AB06|8638|
methylprednisolone|H02AB04|6902|
dexamethasone|H02AB02|3264|
hydrocortisone|H02AB09|5492|
fludrocortisone|H02AA02||
phenytoin|N03AB02|8183|dilantin
carbamazepine|N03AF01|2002|tegretol
valproate|N03AG01|11118|valproic acid,divalproex,depakote
lamotrigine|N03AX09|28439|lamictal
levetiracetam|N03AX14||keppra
phenobarbital|N03AA02||
tacrolimus|L04AD02|42316|prograf
ciclosporin|L04AD01|3008|cyclosporine
mycophenolate|L04AA06||cellcept,mycophenolic acid
azathioprine|L04AX01|1256|imuran
methotrexate|L04AX03|6851|
phenelzine|N06AF03||
tranylcypromine|N06AF04||
lithium|N05AN01|6448|lithium carbonate
levothyroxine|H03AA01|10582|synthroid
omeprazole|A02BC01|7646|
epinephrine|C01CA24|3992|adrenaline,epipen
`;

/**
 * Products of the drugs that must be recognised even where a member sends a bare RxNorm product code without any text: `ingredient: codes`.
 * Source: VSAC 2.16.840.1.113762.1.4.1248.22 "Anticoagulants for All Indications" (oral and low-molecular-weight products, 2025).
 */
export const PRODUCTS = `
warfarin: 855288 855296 855302 855312 855318 855324 855332 855338 855344
apixaban: 1364435 1364445 1992427
rivaroxaban: 1114198 1232082 1232086 1549682 2059015 2588062
dabigatran: 1037045 1037179 1723476
edoxaban: 1599543 1599551 1599555
enoxaparin: 854228 854235 854238 854241 854245 854248 854252 854255
fondaparinux: 861356 861360 861363 861365
dalteparin: 978725 978733 978736 978740 978744 978746 978755 978759 978777
clopidogrel: 309362 749196
ticagrelor: 1116635 1666332
`;
