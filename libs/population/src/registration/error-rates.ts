/**
 * How often a record of the population has each fault; each is a probability a record, drawn independently.
 *
 * The defaults are of the order that audits of registration data report: a few records in a hundred with a fault in the name, one in a
 * hundred in the date of birth (Just et al. 2016, "Why Patient Matching Is a Challenge", AHIMA: middle name, SSN and name fields
 * lead). Absence is far more common than error.
 */
export interface ErrorRates {
  readonly givenTypo: number;
  readonly familyTypo: number;
  readonly streetTypo: number;
  readonly cityTypo: number;
  readonly nickname: number;
  readonly respelling: number;
  readonly middleAsGiven: number;
  readonly givenFamilySwapped: number;
  readonly initialOnly: number;
  readonly formerFamilyName: number;
  readonly partOfDoubleName: number;
  readonly suffixDropped: number;
  readonly suffixInFamilyName: number;
  readonly middleMissing: number;
  readonly dateDigit: number;
  readonly dateSwapped: number;
  readonly dateYearOff: number;
  readonly dateFirstOfJanuary: number;
  readonly dateMissing: number;
  readonly datePlaceholder: number;
  readonly sexWrong: number;
  readonly sexUnknown: number;
  readonly ssnMissing: number;
  readonly ssnTypo: number;
  readonly ssnPlaceholder: number;
  readonly phoneMissing: number;
  readonly phoneTypo: number;
  readonly phonePlaceholder: number;
  readonly phoneFormer: number;
  readonly emailMissing: number;
  readonly emailTypo: number;
  readonly addressMissing: number;
  readonly addressPlaceholder: number;
  readonly addressFormer: number;
  readonly unitMissing: number;
  readonly postalCodeTypo: number;
}

/** The rates used when none are given. */
export const DEFAULT_ERROR_RATES: ErrorRates = {
  givenTypo: 0.022,
  familyTypo: 0.028,
  streetTypo: 0.03,
  cityTypo: 0.012,
  nickname: 0.25, // of those who use one
  respelling: 0.02,
  middleAsGiven: 0.006, // on top of those who go by it
  givenFamilySwapped: 0.004,
  initialOnly: 0.004,
  formerFamilyName: 0.04, // of those who have had another
  partOfDoubleName: 0.3, // of double names
  suffixDropped: 0.6,
  suffixInFamilyName: 0.15,
  middleMissing: 0.38,
  dateDigit: 0.014,
  dateSwapped: 0.006,
  dateYearOff: 0.006,
  dateFirstOfJanuary: 0.004,
  dateMissing: 0.006,
  datePlaceholder: 0.002,
  sexWrong: 0.003,
  sexUnknown: 0.005,
  ssnMissing: 0.3,
  ssnTypo: 0.015,
  ssnPlaceholder: 0.004,
  phoneMissing: 0.1,
  phoneTypo: 0.02,
  phonePlaceholder: 0.006,
  phoneFormer: 0.02,
  emailMissing: 0.35,
  emailTypo: 0.025,
  addressMissing: 0.015,
  addressPlaceholder: 0.004,
  addressFormer: 0.05, // of those who have moved
  unitMissing: 0.2,
  postalCodeTypo: 0.015,
};

/**
 * The default rates, all multiplied by a factor (0 for flawless records, 2 for a hard set), then single ones replaced.
 *
 * @throws RangeError when a rate leaves [0, 1], naming it.
 */
export function errorRates(scale = 1, overrides: Partial<ErrorRates> = {}): ErrorRates {
  const scaled = Object.fromEntries(
    Object.entries(DEFAULT_ERROR_RATES).map(([name, rate]) => [name, Math.min(1, rate * scale)]),
  ) as unknown as ErrorRates;
  const rates = { ...scaled, ...overrides };
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`error rate ${name} must be in [0, 1]`);
  }
  return rates;
}
