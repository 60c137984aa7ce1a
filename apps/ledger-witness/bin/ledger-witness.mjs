#!/usr/bin/env node
import { launch } from '../../../deploy/local/setup/launch.mjs';

const built = [
  '../dist/run.js',
  '../../../libs/transparency-log/dist/index.js',
  '../../../libs/tile-storage/dist/index.js',
];
process.exitCode = await launch(import.meta.url, built, ({ run }) => run(process.argv.slice(2)), { notSetUp: 2 });
