"""Steps of a case that is a script: run a program, and end the case with what it said where it did otherwise."""
import subprocess
import sys

LIMIT_S = 50


def step(*command, status=0, says=(), stdin=''):
    """Runs COMMAND, which must end with STATUS and write every text of SAYS. -> its standard output"""
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, text=True,
                          errors='replace', timeout=LIMIT_S)
    missing = [text for text in says if text not in done.stdout + done.stderr]
    if done.returncode != status or missing:
        sys.exit('\n'.join([f'step: {" ".join(map(str, command))}',
                            f'status {done.returncode}, expected {status}; not said: {missing}',
                            done.stdout, done.stderr]))
    return done.stdout


def check(truth, what):
    if not truth:
        sys.exit(f'not so: {what}')
