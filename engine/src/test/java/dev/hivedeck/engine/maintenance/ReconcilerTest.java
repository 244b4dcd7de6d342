package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.plan.PlanLedger;
import dev.hivedeck.engine.plan.TaskSpec;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ledger and git are looked at one after the other, while changes go on. */
class ReconcilerTest {
  @TempDir Path folder;
  private TestRepository sandbox;
  private Store store;
  private String head;

  private Clock clock = Clock.systemUTC();

  /** What happens once, right after the ledger was read. */
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void open() {
    sandbox = new TestRepository(folder);
    store = Store.open(folder.resolve("hive.db"), Clock.systemUTC());
    head = sandbox.git("rev-parse", "HEAD");
    var task =
        new TaskSpec(
            "T-1", "One", List.of(), null, List.of(), List.of(), 5, null, "Do it.", List.of());
    store.write(
        "test",
        tx -> {
          PlanLedger.take(tx, new PlanDocument("P", List.of(), List.of(task)), 10);
          tx.sql()
              .update(
                  "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                      + " files, additions, deletions, commits, gates, review, opened_at,"
                      + " updated_at) VALUES (1, 'T-1', 'T-1.1', 'a', 'open', 'hive/T-1-one', ?, ?,"
                      + " 1, 1, 0, 1, '[]', 'none', 0, 0)",
                  head,
                  head);
          return null;
        });
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<Drift> look() {
    return reconciler(worktrees()).look();
  }

  private Worktrees worktrees() {
    var repository = Repository.open(sandbox.repository, null);
    var kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("trees"));
    var isolations =
        new Isolations(repository, () -> "clone", () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    return new Worktrees(repository, commits, kept, folders, isolations);
  }

  private Reconciler reconciler(Worktrees worktrees) {
    var ledger =
        new Ledger() {
          @Override
          public <T> T read(Ledger.Look<T> look) {
            T seen = store.read(look);
            var next = meanwhile;
            meanwhile = () -> {};
            next.run();
            return seen;
          }

          @Override
          public long seq() {
            return store.seq();
          }
        };
    var repository = Repository.open(sandbox.repository, null);
    return new Reconciler(
        ledger, repository, worktrees, List.of(), true, clock, (found, changed, gone) -> {});
  }

  private void update(String set) {
    store.write(
        "test",
        tx -> {
          tx.sql().update("UPDATE change SET " + set + " WHERE number = 1");
          return null;
        });
  }

  @Test
  void aChangeThatGoesOnMeanwhileIsNoDrift() {
    meanwhile = () -> update("state = 'merged'"); // and its branch is gone

    assertThat(look()).isEmpty();
  }

  @Test
  void aChangeWhoseWorkMovesOnMeanwhileIsNoDrift() {
    sandbox.git("commit", "--allow-empty", "-m", "More");
    String next = sandbox.git("rev-parse", "HEAD");
    sandbox.git("branch", "hive/T-1-one", next);
    meanwhile = () -> update("head = '" + next + "'");

    assertThat(look()).isEmpty();
  }

  @Test
  void whatStaysDifferentIsDrift() {
    assertThat(look()).extracting(Drift::kind).containsExactly("branch-missing");

    sandbox.git("branch", "hive/T-1-one", head);
    assertThat(look()).isEmpty();

    sandbox.git("checkout", "--quiet", "hive/T-1-one");
    sandbox.git("commit", "--allow-empty", "-m", "More");
    assertThat(look()).extracting(Drift::kind).containsExactly("branch-moved");
  }

  /** Those that work elsewhere, serve others or only read hold no lock, however old they are. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "here | credential-cache--daemon %s/private/socket | true",
        "here | cat-file --batch | true",
        "here | -C . -c a.b=c log --no-walk --stdin | true",
        "away | hash-object --stdin | true",
        "here | hash-object --stdin | false",
        "here/.git/refs | hash-object --stdin | false",
        "away | --git-dir=../here/.git hash-object --stdin | false",
        "away | --git-dir ../here/.git hash-object --stdin | false"
      })
  void aLockThatNoGitHereCanHoldMayGo(String place, String command, boolean mayGo)
      throws Exception {
    Path here = folder.resolve("here");
    Files.createSymbolicLink(here, sandbox.repository);
    Path away = Files.createDirectories(folder.resolve("away"));
    TestRepository.run(away, "git", "init", "-q");
    Files.createDirectory(
        folder.resolve("private"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var words = new ArrayList<>(List.of("git"));
    words.addAll(List.of(command.formatted(folder).split(" ")));
    var git = new ProcessBuilder(words).directory(folder.resolve(place).toFile()).start();
    try {
      sandbox.git("branch", "hive/T-1-one", head);
      Files.writeString(sandbox.repository.resolve(".git/index.lock"), "");
      clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
      var drift = look().getFirst();
      assertThat(git.isAlive()).isTrue();
      assertThat(drift.kind()).isEqualTo("git-locked");
      assertThat(drift.repair() != null).as(drift.why()).isEqualTo(mayGo);
    } finally {
      git.destroyForcibly().waitFor();
    }
  }

  /**
   * Nobody is offered to give up work for what passes, and what can be kept is kept all the same.
   */
  @Test
  void aFolderMayBeDiscardedForAReasonThatLastsOnly() throws Exception {
    sandbox.git("branch", "hive/T-1-one", head);
    var worktrees = worktrees();
    var reconciler = reconciler(worktrees);
    var tree = worktrees.create("T-9", "T-9.1", "nine", head, text -> {});
    Files.writeString(tree.path().resolve(".gitattributes"), "*.txt filter=gone\n");
    Files.writeString(tree.path().resolve("done.txt"), "done\n");

    sandbox.git("config", "filter.gone.clean", "exit 1");
    sandbox.git("config", "filter.gone.required", "true");
    assertThatThrownBy(() -> worktrees.remove(tree, "over", text -> {}));
    var drift = reconciler.look().getFirst();
    assertThat(drift.why()).contains("filter");
    assertThat(drift.remedies()).as("it passes").isEmpty();
    assertThatThrownBy(() -> worktrees.discard(tree)).as("as long as it lasts");
    assertThat(tree.path()).exists();

    sandbox.git("config", "--remove-section", "filter.gone");
    TestRepository.run(tree.path(), "truncate", "-s", "200M", "large");
    assertThatThrownBy(() -> worktrees.remove(tree, "over", text -> {}));
    drift = reconciler.look().getFirst();
    assertThat(drift.remedies()).extracting(Remedy::id).containsExactly("discard");
    assertThat(drift.remedies().getFirst().toString()).contains("what can be kept");
    assertThat(drift.why()).contains("large (209.7 MB)", "workspace.largest");
    reconciler.repair(drift.id(), "discard", drift.digest());
    assertThat(tree.path()).doesNotExist();
    String kept = sandbox.git("for-each-ref", "--format=%(objectname)", "refs/hivedeck/kept/T-9");
    assertThat(sandbox.git("show", kept + ":done.txt")).isEqualTo("done");
  }
}
