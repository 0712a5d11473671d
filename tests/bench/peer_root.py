"""A throw-away root of another Debian release, for a program that this one does not have in that version."""
import os
import shutil
import subprocess
import tempfile

LIMIT_S = 1800  # of making a root


class RootError(Exception):
    pass


def debian_mirror():
    """-> the mirror of Debian that this machine's apt uses"""
    done = subprocess.run(['apt-get', 'indextargets', '--format', '$(SITE)'], capture_output=True, text=True,
                          check=True)
    sites = sorted({line for line in done.stdout.split() if line.rstrip('/').endswith('/debian')})
    if not sites:
        raise RootError("apt knows no mirror of Debian's archive: /etc/apt/sources.list*")
    return sites[0]


class Root:
    """With `kept`, a folder, the root is made there once and used again; else it is removed at the end. `work` stands
    in it as /bench. `./dev bench --peers` runs in a mount namespace of its own, so that no mount outlives it."""

    def __init__(self, suite, package, work, kept=None):
        self.suite, self.is_kept, self.mounts = suite, kept is not None, []
        self.path = os.path.join(os.path.abspath(kept), suite) if kept else tempfile.mkdtemp(prefix='sluice-peer-')
        try:
            if not os.path.exists(os.path.join(self.path, 'usr/bin', package)):
                self._make(package)
            self._mount(['-t', 'proc', 'proc'], 'proc')
            self._mount(['--bind', work], 'bench')
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _make(self, package):
        os.makedirs(self.path, exist_ok=True)
        # A mirror that stands still serves releases that call themselves expired; their signatures are verified.
        command = ['mmdebstrap', '--variant=apt', '--aptopt=Acquire::Check-Valid-Until "false"',
                   f'--include={package}', self.suite, self.path, debian_mirror()]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace',
                              timeout=LIMIT_S)
        if done.returncode != 0:
            raise RootError(f'{" ".join(command)}: exit status {done.returncode}\n{done.stderr[-2000:]}')
        os.chmod(self.path, 0o755)

    def _mount(self, source, name):
        target = os.path.join(self.path, name)
        os.makedirs(target, exist_ok=True)
        subprocess.run(['mount', *source, target], check=True)
        self.mounts.append(target)

    def close(self):
        while self.mounts:
            subprocess.run(['umount', self.mounts[-1]], check=True)
            self.mounts.pop()
        if not self.is_kept:
            shutil.rmtree(self.path)

    def inside(self, *command):
        """-> what runs the command in there"""
        return ['chroot', self.path, *command]

    def version(self, package):
        done = subprocess.run(self.inside('dpkg-query', '-W', '-f', '${Version}', package), capture_output=True,
                              text=True, check=True)
        return done.stdout
