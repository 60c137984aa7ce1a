import { database } from './database.js';

describe('urlFor', () => {
  const administrator = database('postgresql://postgres:secret@127.0.0.1:5432/postgres?sslmode=verify-full');

  it('changes who and where, and keeps how', () => {
    expect(administrator.urlFor('consent', 'pass', 'exchange')).toBe(
      'postgresql://consent:pass@127.0.0.1:5432/exchange?sslmode=verify-full',
    );
  });

  it('survives a password of every kind of character', () => {
    const url = new URL(administrator.urlFor('consent', "a/b@c:d?e#f'g%h"));
    expect(decodeURIComponent(url.password)).toBe("a/b@c:d?e#f'g%h");
    expect(url.host).toBe('127.0.0.1:5432');
  });
});
