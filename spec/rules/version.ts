/** A kernel version, `[major, minor, patch]`. */
export type KernelVersion = readonly [major: number, minor: number, patch: number];

/**
 * Reads `6.12`, `5.10.223` or a release such as `6.18.44-fc-v509` or WSL's `6.6.87.2-microsoft-standard-WSL2`.
 *
 * @returns the version, or undefined where the text does not begin with one
 */
export function parseKernelVersion(text: string): KernelVersion | undefined {
  const match = /^(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:\.\d+)?(?![\d.])/.exec(text.trim());
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** `6.12` or `5.10.223`: the patch level is left out where it is 0. */
export function formatKernelVersion([major, minor, patch]: KernelVersion): string {
  return patch === 0 ? `${String(major)}.${String(minor)}` : `${String(major)}.${String(minor)}.${String(patch)}`;
}

/** Negative where `a` is older than `b`, 0 where they are the same. */
export function compareVersions(a: KernelVersion, b: KernelVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/**
 * A change: the mainline release that brought it, then the stable releases that took it over, each of its own line.
 * `5.17 5.16.11 5.15.25` is in 5.17 and all later ones, in 5.16.11 and in 5.15.25, but not in 5.14.
 */
export type Change = readonly KernelVersion[];

/**
 * Reads a {@link Change}.
 *
 * @returns the versions, or undefined where one of them is not a version
 */
export function parseChange(text: string): Change | undefined {
  const versions = text
    .trim()
    .split(/\s+/)
    .map((word) => (/^[\d.]+$/.test(word) ? parseKernelVersion(word) : undefined));
  return versions.every((version) => version !== undefined) ? versions : undefined;
}

/** Says whether a kernel of this version has the change. */
export function hasChange(version: KernelVersion, change: Change): boolean {
  const [mainline, ...backports] = change;
  if (mainline === undefined) return true;
  if (compareVersions(version, mainline) >= 0) return true;
  return backports.some(
    (backport) => backport[0] === version[0] && backport[1] === version[1] && backport[2] <= version[2],
  );
}
