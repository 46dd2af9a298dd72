#include <spawn.h>
#include <sys/wait.h>
extern char **environ;
int main(void) { pid_t p; char *a[] = {"true", 0}; posix_spawnp(&p, "true", 0, 0, a, environ); waitpid(p, 0, 0); posix_spawnp(&p, "no-such-program-here", 0, 0, a, environ); return 0; }
