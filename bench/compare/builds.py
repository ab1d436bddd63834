"""The programs to compare: of this tree, and of another commit of it."""
import pathlib
import shutil
import subprocess

from .subjects import Failed

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("redpoll-server", "redpoll-load", "redpoll-echo")


def git(*arguments):
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def checked(argv):
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, argv))}:\n{done.stdout[-4000:]}")


def tree_version():
    """The commit of this tree, with a + if something that is compiled has changed since."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "cmake", "CMakeLists.txt")
    return git("rev-parse", "--short=8", "HEAD") + ("+" if changed else "")


def build_tree(directory):
    """The directory of the programs of this tree, built now unless a directory is given."""
    if directory is None:
        checked([ROOT / "scripts/build", *PROGRAMS])
        directory = ROOT / "build"
    for program in PROGRAMS:
        if not (pathlib.Path(directory) / program).is_file():
            raise Failed(f"{directory} has no {program}")
    return pathlib.Path(directory).resolve()


def build_commit(revision):
    """(short name, path of redpoll-server) of another commit, built in a work tree of its own. Kept for next time."""
    commit = git("rev-parse", "--short=8", "--verify", f"{revision}^{{commit}}")
    home = ROOT / ".cache" / "bench"
    program, tree, build = home / f"redpoll-server-{commit}", home / f"tree-{commit}", home / f"build-{commit}"
    if program.is_file():
        return commit, program
    home.mkdir(parents=True, exist_ok=True)
    if tree.exists():  # of a run that was interrupted
        git("worktree", "remove", "--force", str(tree))
    git("worktree", "add", "--detach", str(tree), commit)
    try:
        checked(["cmake", "-G", "Ninja", "-S", tree, "-B", build, "-DCMAKE_BUILD_TYPE=Release",
                 "-DREDPOLL_TESTS=OFF", "-DREDPOLL_BENCHMARKS=OFF"])
        checked(["cmake", "--build", build, "--target", "redpoll-server"])
        (build / "redpoll-server").rename(program)
        shutil.rmtree(build)
    finally:
        git("worktree", "remove", "--force", str(tree))
    return commit, program
