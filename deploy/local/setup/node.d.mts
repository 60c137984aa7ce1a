export function isRecentEnough(version: string): boolean;
