/** Maps stack traces of the project's own files. `--enable-source-maps` would read those of every package at start too. */
const OWN_SOURCE_MAPS = [
  'import{setSourceMapsSupport}from"node:module"',
  'setSourceMapsSupport(true,{nodeModules:false,generatedCode:false})',
].join(';');

/**
 * How Node.js runs a service (docs/adr/0015).
 *
 * Messages are buffers, whose bytes V8 keeps outside its heap and frees with their small handles. In the default nursery of 16 MB
 * the handles of a thousand messages wait, until their bytes alone force a full collection, several times a second. In one of
 * 2 MB they go with the next scavenge.
 */
export const serviceNodeArguments: readonly string[] = [
  '--max-semi-space-size=2',
  `--import=data:text/javascript,${OWN_SOURCE_MAPS}`,
];
