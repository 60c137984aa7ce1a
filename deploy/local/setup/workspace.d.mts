interface Tree {
  readonly packages: Readonly<Record<string, object>>;
}
export function isInstalled(lock: Tree, installed: Tree): boolean;
