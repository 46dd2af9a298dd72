#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sys/syscall.h>
int main(void) {
  for (int i = 0; i < 3; i++) if (fork() == 0) { if (i == 1) raise(SIGKILL); if (i == 2) abort(); _exit(i); }
  while (wait(0) > 0);
  /* vfork's parent dies while it sleeps in the call */
  pid_t p = fork();
  if (p == 0) { if (syscall(SYS_vfork) == 0) { kill(getppid(), SIGKILL); usleep(50000); _exit(0);} _exit(0); }
  waitpid(p, 0, 0);
  syscall(SYS_clone, CLONE_NEWNS | CLONE_FS | SIGCHLD, 0, 0, 0, 0);
  syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0);
  syscall(SYS_clone3, 0, 64);
  syscall(SYS_clone3, 0, 5000);
  return 0; }
