export { clearTiles } from './clear-tiles.js';
export { directoryReader } from './directory-reader.js';
export { directoryStorage, type DirectoryStorageOptions } from './directory-storage.js';
export { TileStorageError, type TileStorageCode } from './failure.js';
export { httpReader, type HttpReaderOptions } from './http-reader.js';
