import { PersonStandings } from './person-standings.js';

const vera = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const other = '1b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const at = 1_790_000_000_000;
const basis = (epoch: number, until?: number) => ({
  consentEpochs: { [vera]: epoch },
  ...(until === undefined ? {} : { until }),
});

describe(PersonStandings.name, () => {
  it('finds a decision to hold that was made under the newest word, and one about somebody else', () => {
    const standings = new PersonStandings();
    expect(standings.changeSince(basis(0), at)).toBeUndefined();
    standings.applyConsent({ personId: vera, epoch: 2 });
    standings.applyConsent({ personId: other, epoch: 9 });
    expect(standings.changeSince(basis(2), at)).toBeUndefined();
    expect(standings.changeSince(basis(3), at)).toBeUndefined();
  });

  it('finds one out of date that was made under an older word, or under none, by any of the person’s ids', () => {
    const standings = new PersonStandings();
    standings.applyConsent({ personId: vera, epoch: 2 });
    expect(standings.changeSince(basis(1), at)).toBe('consent-changed');
    expect(standings.changeSince({ consentEpochs: { [other]: 0, [vera]: 0 } }, at)).toBe('consent-changed');
  });

  it('is not taken back by a message that comes again', () => {
    const standings = new PersonStandings();
    standings.applyConsent({ personId: vera, epoch: 2 });
    standings.applyConsent({ personId: vera, epoch: 1 });
    expect(standings.changeSince(basis(1), at)).toBe('consent-changed');
  });

  it('B12: holds until the very moment that a word ends, and not in it', () => {
    const standings = new PersonStandings();
    expect(standings.changeSince(basis(0, at), at - 1)).toBeUndefined();
    expect(standings.changeSince(basis(0, at), at)).toBe('decision-expired');
  });

  it('B11: finds one out of date whose person was moved since, whatever their consents say', () => {
    const standings = new PersonStandings();
    standings.applyIdentity({ personId: vera, epoch: 7 });
    expect(standings.changeSince({ ...basis(0), identityEpoch: 7 }, at)).toBeUndefined();
    expect(standings.changeSince({ ...basis(0), identityEpoch: 6 }, at)).toBe('identity-changed');
    expect(standings.changeSince({ consentEpochs: { [other]: 0, [vera]: 0 }, identityEpoch: 6 }, at)).toBe(
      'identity-changed',
    );
    expect(standings.changeSince({ consentEpochs: { [other]: 0 }, identityEpoch: 6 }, at)).toBeUndefined();
  });

  it('B11: finds one out of date that does not say when it was known who this is', () => {
    const standings = new PersonStandings();
    standings.applyIdentity({ personId: vera, epoch: 1 });
    expect(standings.changeSince(basis(0), at)).toBe('identity-changed');
  });

  it('remembers a change for an hour, and the others beside it', () => {
    const standings = new PersonStandings();
    standings.applyConsent({ personId: vera, epoch: 1 }, 0);
    standings.applyConsent({ personId: other, epoch: 1 }, 3_600_000);
    expect(standings.changeSince(basis(0), at)).toBe('consent-changed');
    standings.applyConsent({ personId: other, epoch: 2 }, 3_600_001);
    expect(standings.changeSince(basis(0), at)).toBeUndefined();
    expect(standings.changeSince({ consentEpochs: { [other]: 1 } }, at)).toBe('consent-changed');
  });
});
