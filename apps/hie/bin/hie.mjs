#!/usr/bin/env node
import { launch } from '../../../deploy/local/setup/launch.mjs';

const built = [
  '../dist/main.js',
  '../../../libs/exchange-client/dist/index.js',
  '../../../libs/key-store/dist/index.js',
];
process.exitCode = await launch(import.meta.url, built, ({ main }) => main(process.argv.slice(2)));
