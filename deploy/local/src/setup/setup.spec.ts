import { explain } from '../../setup/progress.mjs';
import { adviceFor, downloaded, javaMajor } from '../../setup/kafka.mjs';
import { isRecentEnough } from '../../setup/node.mjs';
import { isInstalled } from '../../setup/workspace.mjs';

describe(isRecentEnough.name, () => {
  it.each([
    ['v20.20.2', false],
    ['v24.5.0', false],
    ['v24.6.0', true],
    ['v24.21.0', true],
    ['v26.0.0', true],
  ])('%s: %s', (version, enough) => {
    expect(isRecentEnough(version)).toBe(enough);
  });
});

// As the JVMs print it.
describe(javaMajor.name, () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
    ['openjdk version "25" 2025-09-16', 25],
    ['java version "1.8.0_392"', 8],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('%j', (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });
});

describe(adviceFor.name, () => {
  it.each([
    [
      ['Java 17', 'Maven'],
      { platform: 'linux', debian: true },
      /Java 17 and Maven are missing.*`sudo apt-get install -y openjdk-17-jre-headless maven`/,
    ],
    [['Maven'], { platform: 'linux', debian: false }, /Maven is missing.*install Java 17 or newer and Maven/],
    [['Java 17'], { platform: 'darwin', debian: false }, /`brew install openjdk@17 maven`/],
  ])('%j on %j', (missing, system, sentence) => {
    expect(adviceFor(missing, system)).toMatch(sentence);
  });
});

describe(downloaded.name, () => {
  it('adds up what Maven says', () => {
    const output = [
      'Downloading from central: somewhere/a.jar',
      'Downloaded from central: somewhere/a.jar (10 MB at 5.1 MB/s)',
      'Downloaded from central: somewhere/b.pom (3.5 kB at 90 kB/s)',
      'Downloaded from central: somewhere/c.pom (512 B at 9 kB/s)',
    ].join('\n');
    expect(downloaded(output)).toEqual({ files: 3, bytes: 10_004_012 });
  });
});

// As npm, Maven and apt print it.
describe(explain.name, () => {
  const place = { where: '/checkout', logFile: '/checkout/.run/setup.log' };
  it.each([
    ['npm error code ENOSPC\nnpm error nospc', /no disk space is left for \/checkout/],
    ['java.io.IOException: No space left on device', /no disk space is left/],
    ['npm error code EAI_AGAIN', /no network/],
    ['npm error code ENOTCACHED', /no network/],
    ['npm error network request to somewhere failed, reason: getaddrinfo ENOTFOUND', /no network/],
    ['Could not transfer artifact x: Unknown host', /no network/],
    ["E: Failed to fetch x  Temporary failure resolving 'y'", /no network/],
    ["npm error EACCES: permission denied, mkdir '/x'", /may not be written by this user/],
    [
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync. Please update your lock file',
      /type `npm install`/,
    ],
    ['error: Could not resolve "./x.js"', /what it said is in/],
    ['error TS2322', /what it said is in \/checkout\/\.run\/setup\.log/],
  ])('%j', (output, sentence) => {
    const said = explain('npm ci', output, place);
    expect(said).toMatch(sentence);
    expect(said).toMatch(/^npm ci failed: [^\n]+\.$/);
  });
});

describe(isInstalled.name, () => {
  const lock = {
    packages: {
      '': { name: 'root' },
      'apps/gateway': { version: '0.1.0' },
      'node_modules/jose': { version: '6.2.17', integrity: 'sha512-a' },
      'node_modules/@hie/gateway': { resolved: 'apps/gateway', link: true },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    },
  };
  const tree = (packages: Readonly<Record<string, object>>) => ({ packages });
  const { '': _root, 'node_modules/other-platform': _other, ...there } = lock.packages;

  it('is satisfied without the packages of other platforms', () => {
    expect(isInstalled(lock, tree(there))).toBe(true);
  });

  it.each([
    ['one is missing', { 'node_modules/jose': undefined }],
    ['one has another version', { 'node_modules/jose': { version: '6.2.16', integrity: 'sha512-a' } }],
    ['one has another content', { 'node_modules/jose': { version: '6.2.17', integrity: 'sha512-b' } }],
    ['a workspace is not linked', { 'node_modules/@hie/gateway': undefined }],
  ])('is not when %s', (_name, change) => {
    const changed = Object.fromEntries(
      Object.entries({ ...there, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(isInstalled(lock, tree(changed as Record<string, object>))).toBe(false);
  });
});
