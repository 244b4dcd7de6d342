package dev.hivedeck.engine.worktree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.KeptCommit;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Attempts in repositories of their own, which is usual. */
class WorktreesTest extends IsolationContract {
  @Override
  public String isolation() {
    return "clone";
  }

  private static String sh(AttemptFolder tree, String script) {
    return TestRepository.run(tree.path(), "sh", "-ec", script);
  }

  /** All that git has of the user's, but for objects, which lie about, and refs of the engine. */
  private List<String> usersGit() throws IOException {
    Path git = sandbox.repository.resolve(".git");
    try (var all = Files.walk(git)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !f.startsWith(git.resolve("objects")))
          .filter(f -> !f.toString().contains("hive"))
          .map(
              f -> {
                try {
                  return git.relativize(f) + " " + new String(Files.readAllBytes(f), "ISO-8859-1");
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .sorted()
          .toList();
    }
  }

  /** Somebody deleted what notes which branches are Hivedeck's; their commits still say so. */
  @Test
  void aBranchOfItsOwnIsKnownAlsoWhenHiddenRefsWereDeleted() throws IOException {
    var tree = create("T-1.1");
    write(tree, "a.txt", "a\n");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    worktrees.remove(tree, "over", told::add);
    sandbox.git("update-ref", "-d", HiddenRefs.made(tree.branch()));
    assertThat(create("T-1.2").branch()).isEqualTo(tree.branch());
    assertThat(String.join("\n", told)).contains("was deleted", "Hivedeck's own");
    assertThat(kept.list()).as("its work").anyMatch(k -> k.commit().equals(head));
  }

  /** A git of a killed engine that still reads what an attempt left ends with the next one. */
  @Test
  void aGitThatAKilledEngineLeftIsEnded() throws Exception {
    var tree = create("T-1.1");
    Path go = folder.resolve("pid");
    sandbox.git("config", "filter.slow.clean", "echo $$ > '" + go + "'; sleep 60; cat");
    write(tree, ".gitattributes", "*.slow filter=slow\n");
    write(tree, "a.slow", "a\n");
    var git = new ProcessBuilder("git", "add", "--all").directory(tree.path().toFile());
    git.environment().putAll(AttemptFolders.marked(folders.notes(tree.path()).place()));
    git.environment().put("GIT_DIR", sandbox.repository.resolve(".git").toString());
    git.environment().put("GIT_WORK_TREE", tree.path().toString());
    git.environment().put("GIT_INDEX_FILE", folder.resolve("their-index").toString());
    var left = git.start();
    while (!Files.exists(go)) {
      Thread.onSpinWait();
    }
    assertThat(worktrees.takeUp()).extracting(AttemptFolder::attempt).containsExactly("T-1.1");
    assertThat(left.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(worktrees.left()).as("somebody sees to it").isEmpty();
    worktrees.letGo(tree);
    assertThat(worktrees.left()).hasSize(1);
  }

  @Test
  void aTagIsKeptAsItsCommitWhateverItsDate() throws Exception {
    var tree = create("T-1.1");
    TestRepository.run(
        tree.path(),
        "sh",
        "-c",
        "echo 1 > a; git add a; git -c user.name=x -c user.email=x commit -qm one;"
            + " git -c user.name=x -c user.email=x tag -a wip -m wip;"
            + " GIT_COMMITTER_DATE='@900000000000000000 +0000'"
            + " git -c user.name=x -c user.email=x commit -q --amend -m two;"
            + " git reset -q --hard HEAD@{1}; git tag odd HEAD@{1}; git reset -q --hard HEAD~1;"
            + " echo 3 > b");
    assertThat(commits.commitAll(tree, "T-1: x", TRAILERS, told::add)).isPresent();
    assertThat(kept.list()).isNotEmpty().extracting(KeptCommit::at).doesNotContainNull();
    for (var one : kept.list()) {
      assertThat(kept.show(one.ref(), 100).files()).isNotEmpty();
    }
    kept.drop(kept.names(kept.list().stream().map(KeptCommit::ref).toList()));
    assertThat(kept.list()).isEmpty();
  }

  @Test
  void whatAnAgentDoesToItsRefsAndSettingsStaysThere() throws IOException {
    sandbox.git("branch", "theirs");
    sandbox.git("update-ref", "refs/hivedeck/kept/T-0/T-0.1/1", "main");
    var before = usersGit();
    var tree = create("T-1.1");
    sh(
        tree,
        "echo bad > bad; git add bad; git commit -qm bad; git update-ref refs/heads/main HEAD; git"
            + " branch -D theirs -q; git config core.bare true; git config core.bare false; git"
            + " for-each-ref --format='%(refname)' refs/hivedeck | xargs -r -n1 git update-ref -d;"
            + " git tag v1; echo s > s; git stash -q -u; git remote add evil /nowhere; : >"
            + " .git/index.lock; : > .git/packed-refs.lock");
    take(tree);
    worktrees.remove(tree, "over", told::add);
    assertThat(usersGit()).isEqualTo(before);
    assertThat(sandbox.git("rev-parse", "main")).isEqualTo(tree.start());
  }

  private void take(AttemptFolder tree) {
    commits.commitAll(tree, "T-1: x", TRAILERS, told::add);
  }

  @Test
  void itHasTheUsersBranchesTagsAndRemotesAndMayNotPush() {
    Path origin = folder.resolve("origin.git");
    sandbox.git("clone", "-q", "--bare", ".", origin.toString());
    sandbox.git("remote", "add", "origin", "../origin.git");
    sandbox.git("remote", "add", "secret", "https://me:t0ken@example.org/x.git");
    sandbox.git("fetch", "-q", "origin");
    sandbox.git("remote", "set-head", "origin", "main");
    sandbox.git("branch", "theirs");
    sandbox.git("tag", "-a", "v1", "-m", "one");
    sandbox.git("config", "http.https://example.org.extraHeader", "Authorization: t0ken");
    sandbox.git("config", "credential.helper", "!echo t0ken");
    sandbox.git("config", "alias.odd", "!echo \"a b\\\\c\"\n");
    open();
    var other = worktrees.create("T-2", "T-2.1", "", repository.tip(), told::add);
    var tree = create("T-1.1");
    assertThat(sh(tree, "git for-each-ref --format='%(refname)'").lines())
        .containsExactly(
            "refs/heads/" + tree.branch(),
            "refs/heads/main",
            "refs/heads/theirs",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
            "refs/tags/v1");
    assertThat(sh(tree, "git describe; git status --porcelain; git fsck")).isEqualTo("v1");
    assertThat(sh(tree, "git config alias.odd")).isEqualTo(sandbox.git("config", "alias.odd"));
    assertThat(sh(tree, "cat .git/config")).doesNotContain("t0ken");
    sh(tree, "git fetch -q origin");
    assertThat(sh(tree, "git push origin HEAD 2>&1 || true")).contains("pushing is off");
    assertThat(TestRepository.run(origin, "git", "branch", "--list")).isEqualTo("* main");
    assertThat(other.path()).exists();
  }

  @Test
  void whatGitLfsKeepsComesAlongIfItIsWhatItSays() throws IOException {
    var tree = create("T-1.1");
    String good = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // hello
    String bad = "0cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    sh(
        tree,
        "for i in %s %s; do d=.git/lfs/objects/$(echo $i | cut -c1-2)/$(echo $i | cut -c3-4);"
                .formatted(good, bad)
            + " mkdir -p $d; printf hello > $d/$i; done; echo x > x");
    take(tree);
    Path into = sandbox.repository.resolve(".git/lfs/objects");
    assertThat(into.resolve("2c/f2/" + good)).hasContent("hello");
    assertThat(into.resolve("0c/f2/" + bad)).doesNotExist();
  }

  @Test
  void aPartialCloneFallsBackToAWorktreeAndSaysSo() {
    sandbox.git("config", "remote.origin.url", folder.resolve("nowhere").toString());
    sandbox.git("config", "remote.origin.promisor", "true");
    open();
    var tree = create("T-1.1");
    assertThat(tree.path().resolve(".git")).isRegularFile();
    assertThat(told).anyMatch(line -> line.contains("partial clone"));
    sh(tree, "echo x > x");
    assertThat(commits.commitAll(tree, "T-1: x", TRAILERS, told::add)).isPresent();
    worktrees.remove(tree, "over", told::add);
    assertThat(sandbox.git("worktree", "list").lines()).hasSize(1);
  }

  @Test
  void anAgentsOwnSparseCheckoutDeletesNothing() {
    sandbox.write("a/f", "1\n");
    sandbox.write("b/f", "1\n");
    sandbox.commit("Two folders");
    var tree = create("T-1.1");
    sh(tree, "git sparse-checkout set --cone a; echo 2 > a/f; rm README.md");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(sandbox.git("diff", "--name-status", "main", head).lines())
        .containsExactly("D\tREADME.md", "M\ta/f");
  }

  @Test
  void aRepositoryOfSha256HasAttemptsOfSha256() throws IOException {
    Path other = folder.resolve("sha256");
    Files.createDirectories(other);
    TestRepository.run(
        other,
        "sh",
        "-ec",
        "git init -q -b main --object-format=sha256; git config user.name u; git config user.email"
            + " u@x; echo 1 > 1; git add 1; git commit -qm one");
    repository = Repository.open(other, null);
    kept = new KeptWork(repository);
    folders = new AttemptFolders(folder.resolve("trees256"));
    var isolations =
        new Isolations(repository, this::isolation, () -> false, new SizeLimits(() -> 100_000_000));
    commits = new AttemptCommits(repository, kept, folders, isolations);
    worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    var tree = create("T-1.1");
    sh(tree, "echo 2 > 2; git add 2; git commit -qm two; echo 3 > 3; rm 1");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    assertThat(TestRepository.run(other, "git", "diff", "--name-status", "main", head).lines())
        .containsExactly("D\t1", "A\t2", "A\t3");
    worktrees.remove(tree, "over", told::add);
  }

  @Test
  void aShallowRepositoryStaysShallow() {
    sandbox.write("two", "2\n");
    sandbox.commit("Two");
    Path shallow = folder.resolve("shallow");
    TestRepository.run(
        folder, "git", "clone", "-q", "--depth=1", "file://" + sandbox.repository, "shallow");
    repository = Repository.open(shallow, null);
    var isolations =
        new Isolations(repository, this::isolation, () -> false, new SizeLimits(() -> 100_000_000));
    kept = new KeptWork(repository);
    folders = new AttemptFolders(folder.resolve("trees2"));
    commits = new AttemptCommits(repository, kept, folders, isolations);
    worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    var tree = create("T-1.1");
    sh(
        tree,
        "git log --oneline | grep -c . | grep -qx 1; echo 3 > 3; git add 3;"
            + " git -c user.name=u -c user.email=u@x commit -qm three");
    assertThat(commits.commitAll(tree, "T-1: x", TRAILERS, told::add)).isPresent();
  }

  /** The user's git at work, and one that collects garbage, take nothing from an attempt. */
  @Test
  void garbageCollectionTakesNothingFromAnAttempt() {
    var tree = create("T-1.1");
    sh(tree, "echo 1 > 1; git add 1; git commit -qm one; git gc -q --prune=now; echo 2 > 2");
    sandbox.git("gc", "-q", "--prune=now");
    String head = commits.commitAll(tree, "T-1: x", TRAILERS, told::add).orElseThrow();
    sandbox.git("gc", "-q", "--prune=now");
    assertThat(sandbox.git("diff", "--name-only", "main", head).lines()).containsExactly("1", "2");
  }

  /** What was checked out is noted beside; where that is broken, commits are there all the same. */
  @Test
  void whatIsDiscardedHasItsCommitsKept() throws IOException {
    var tree = create("T-1.1");
    sh(tree, "echo 1 > 1; git add 1; git commit -qm one; git branch other; git reset -q --hard @~");
    sh(tree, "echo 2 > 2; git add 2; git commit -qm two");
    Files.writeString(worktrees.index(tree.path()), "no index");
    assertThatThrownBy(() -> worktrees.remove(tree, "over", told::add));
    worktrees.discard(tree);
    assertThat(tree.path()).doesNotExist();
    String log = sandbox.git("log", "--all", "--format=", "--name-only");
    assertThat(log.lines()).contains("1", "2");
  }
}
