/**
 * Demographics as a hospital holds them: plain text, empty where nothing is recorded, in that hospital's style and with its errors.
 *
 * `birthDate` is `YYYY-MM-DD` or empty; `sex` is `F`, `M`, `U` or empty; `ssnLast4` and `phone` may hold placeholder values such as
 * `0000` and `999-999-9999`, as real tables do.
 */
export interface RecordedDemographics {
  readonly given: string;
  readonly middle: string;
  readonly family: string;
  readonly suffix: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly ssnLast4: string;
  readonly phone: string;
  readonly email: string;
  readonly street: string;
  readonly unit: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
}

/** The same while a desk is writing it. */
export type Draft = { -readonly [Field in keyof RecordedDemographics]: string };
