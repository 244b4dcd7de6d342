package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A repository with checkouts of main, and what users and the engine do there. */
abstract class CheckoutsFixture {
  static final String MAIN = "refs/heads/main";

  @TempDir Path folder;
  final MemoryNotes notes = new MemoryNotes();
  boolean wanted = true;
  TestRepository sandbox;
  Repository repository;
  MainCheckouts checkouts;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    sandbox.write("a.txt", "a\n");
    sandbox.write("b.txt", "b\n");
    sandbox.commit("Two files");
    repository = Repository.open(sandbox.repository, null);
    start();
  }

  /** As an engine does that starts, perhaps after a crash. */
  void start() {
    start(repository.tip());
  }

  /**
   * @param before where main was when the last engine looked
   */
  void start(String before) {
    checkouts =
        new MainCheckouts(
            notes,
            repository,
            path -> path.startsWith(folder.resolve("trees")),
            () -> wanted,
            true,
            MainCheckouts.FINISH);
    look(before);
  }

  void look(String before) {
    checkouts.follow(new MainCheckouts.Move(before, repository.tip(), true));
  }

  /** Moves main as a merge does; nobody has told the checkouts yet. */
  String merge(String path, String text) {
    String before = repository.tip();
    Path index = folder.resolve("index");
    String blob = sandboxWith("hash-object", text);
    TestRepository.run(
        sandbox.repository,
        "sh",
        "-c",
        ("export GIT_INDEX_FILE='%s'; git read-tree main &&"
                + " git update-index --add --cacheinfo 100644,%s,'%s' &&"
                + " git update-ref -m 'hivedeck: Merge' refs/heads/main"
                + " $(git commit-tree -p main -m Merge $(git write-tree))")
            .formatted(index, blob, path));
    return before;
  }

  /** Moves main as the engine does, with what a user does on the way. */
  void merge(String path, String text, Runnable ahead, Runnable behind) {
    String before = repository.tip();
    String commit = made(path, text);
    checkouts.lead(before, commit);
    ahead.run();
    boolean moved = attempt("update-ref", "-m", "hivedeck: Merge", MAIN, commit, before);
    checkouts.led();
    behind.run();
    look(moved ? before : repository.tip());
  }

  /** The merge that main is to be moved to. */
  String made(String path, String text) {
    String before = merge(path, text);
    String commit = repository.tip();
    sandbox.git("update-ref", "-m", "hivedeck: Test", MAIN, before);
    return commit;
  }

  /** As a user does it, who is told where it fails. */
  boolean attempt(String... git) {
    var command = new ArrayList<>(List.of("sh", "-c", "git \"$@\" >&2 && echo done || true", "sh"));
    command.addAll(List.of(git));
    return TestRepository.run(sandbox.repository, command.toArray(String[]::new)).contains("done");
  }

  void mine(String text) {
    sandbox.write("b.txt", text);
    sandbox.git("commit", "-q", "-am", "Mine");
  }

  String sandboxWith(String command, String text) {
    Path file = folder.resolve("text");
    try {
      Files.writeString(file, text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return sandbox.git(command, "-w", file.toString());
  }

  String read(Path checkout, String path) throws Exception {
    return Files.readString(checkout.resolve(path));
  }

  List<Drift> told() {
    return checkouts.find(() -> {}, (commit, since, main) -> {}).stream()
        .map(Reconciler.Found::drift)
        .toList();
  }
}
