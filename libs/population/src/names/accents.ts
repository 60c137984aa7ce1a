const PLAIN = /^[ -~]*$/;

/** Spanish names whose tables (which hold plain letters only) lose an accent or a tilde. */
const ACCENTED = new Map(
  (
    'José María Jesús Ángel Ramón Andrés Raúl Rubén Héctor Martín Sofía Ángela Mónica Verónica Adrián Julián Iván Óscar César ' +
    'Joaquín Germán Tomás Nicolás Sebastián Lucía Inés Belén Rocío Concepción Fermín Simón Efraín Agustín Valentín Rosalía ' +
    'García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Núñez Muñoz Peña Ibáñez Gutiérrez Jiménez Álvarez ' +
    'Vásquez Vázquez Fernández Gómez Díaz Domínguez Suárez Ordóñez Zúñiga Castañeda Acuña Nuñez Mejía Ríos Cárdenas Guzmán ' +
    'Galván Durán Beltrán Marín Colón Calderón Rincón León Chacón Ávila Bermúdez Cortés Benítez Juárez Solís Valdés Báez'
  )
    .split(' ')
    .map((name) => [withoutAccents(name), name] as const),
);

/** The name with its accents, where it is known to have any: `Jose` becomes `José`. */
export function accented(name: string): string {
  return ACCENTED.get(name) ?? name;
}

/** The name as a system limited to ASCII stores it: `Núñez` becomes `Nunez`. */
export function withoutAccents(name: string): string {
  // Nearly every name is plain already, and normalising costs ten times the test.
  return PLAIN.test(name) ? name : name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
}
