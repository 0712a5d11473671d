"""The files that are the project: what git holds or would take, else all but build folders."""
import os
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))


def _git(*arguments):
    """-> paths, or None where this is no usable git checkout"""
    try:
        out = subprocess.run(['git', '-c', 'safe.directory=*', '-C', ROOT, *arguments, '-z'], capture_output=True,
                             check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return sorted(os.fsdecode(path) for path in out.stdout.split(b'\0') if path)


def files():
    found = _git('ls-files', '--cached', '--others', '--exclude-standard')
    if found is None:
        found = []
        for at, folders, names in os.walk(ROOT):
            folders[:] = [folder for folder in folders if folder not in ('.git', '__pycache__')
                          and not (at == ROOT and folder.startswith('build'))]
            found += [os.path.relpath(os.path.join(at, name), ROOT) for name in names]
    return sorted(path for path in found if os.path.isfile(os.path.join(ROOT, path)))


def cpp_files():
    return [path for path in files() if path.endswith(('.cc', '.hh'))]


def changed_files():
    """What differs from the last commit; everything where git cannot say"""
    changed, new = _git('diff', '--name-only', 'HEAD'), _git('ls-files', '--others', '--exclude-standard')
    return files() if changed is None or new is None else sorted(set(changed + new) & set(files()))
