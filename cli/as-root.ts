/** Folders whose scenarios come with clonecheck. */
const OURS = ['corpus', join('spec', 'examples')];

/** It lies in one of these folders, or is a copy of a file there. */
function isOurs(file: string): boolean {
  if (file === '-') return false;
  try {
    const path = relative(realpathSync(packageRoot()), realpathSync(file));
    if (OURS.some((folder) => path.startsWith(`${folder}${sep}`))) return true;
    return OURS.map((folder) => join(packageRoot(), folder, basename(file))).some(
      (own) => existsSync(own) && readFileSync(own).equals(readFileSync(file)),
    );
  } catch {
    return false;
  }
}

/** The inode of the initial user namespace, which include/linux/proc_ns.h fixes. */
const INITIAL_USER_NS = 0xefff_fffd;

/** CAP_SYS_ADMIN in the initial user namespace: no container's root has it, unless it was let out. */
function isRealRoot(): boolean {
  try {
    if (statSync('/proc/self/ns/user').ino !== INITIAL_USER_NS) return false;
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
    return ((BigInt(`0x${effective}`) >> CAPABILITIES.CAP_SYS_ADMIN) & 1n) === 1n;
  } catch {
    return process.geteuid?.() === 0;
  }
}
