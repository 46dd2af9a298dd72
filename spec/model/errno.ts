/** The error names that these calls can give, and a few more that a broken target might. */
export const ERRNO_NAMES = [
  'E2BIG',
  'EACCES',
  'EAGAIN',
  'EBADF',
  'EBUSY',
  'EEXIST',
  'EFAULT',
  'EINTR',
  'EINVAL',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENODEV',
  'ENOENT',
  'ENOMEM',
  'ENOSPC',
  'ENOSYS',
  'EOPNOTSUPP',
  'EPERM',
  'ERANGE',
  'ERESTARTNOINTR',
  'EROFS',
  'EUSERS',
] as const;

/** An error name such as `EINVAL`. */
export type Errno = (typeof ERRNO_NAMES)[number];

/** What a call comes to: `success` for a child, or an error's name. A broken target may give names outside {@link ERRNO_NAMES}. */
export type Outcome = string;
