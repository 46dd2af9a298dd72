import type { Context } from './context.js';

/** kernel/cred.c copy_creds() and kernel/user_namespace.c create_user_ns(). */
export function create_user_ns(c: Context): void {
  c.refuse('errors/newuser-not-configured');
  c.refuse('errors/newuser-nesting-eusers');
  c.refuse('errors/newuser-nesting');
  c.refuse('errors/newuser-limit');
  c.refuse('errors/newuser-chrooted');
  c.refuse('errors/newuser-euid-unmapped');
  c.refuse('errors/newuser-egid-unmapped');
  c.refuse('errors/newuser-lsm');
}
