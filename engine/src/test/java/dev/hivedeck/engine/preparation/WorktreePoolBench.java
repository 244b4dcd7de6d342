package dev.hivedeck.engine.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long an attempt waits for its worktree, with installed packages, beside git and cp. */
@Tag("bench")
class WorktreePoolBench {
  private static final int FILES = Integer.getInteger("hivedeck.files", 10_000);
  private static final int PACKAGED = Integer.getInteger("hivedeck.packaged", 20_000);
  private static final int BYTES = 10_000;
  private static final int ROUNDS = Integer.getInteger("hivedeck.rounds", 5);
  private static final int MOVED = 10;

  private static final WorktreeConfig COPY = config(List.of("node_modules"), List.of());
  private static final WorktreeConfig LINK = config(List.of(), List.of("node_modules"));

  @TempDir Path folder;
  private TestRepository sandbox;
  private Repository repository;
  private Worktrees worktrees;
  private int tasks;

  private static WorktreeConfig config(List<String> copy, List<String> link) {
    var none = WorktreeConfig.NONE;
    return new WorktreeConfig(
        copy,
        link,
        none.setup(),
        none.teardown(),
        none.timeout(),
        none.ports(),
        none.submodules(),
        none.lfs(),
        none.run(),
        none.folder(),
        none.sparse(),
        1,
        none.inputs());
  }

  @Test
  void preparing() throws Exception {
    begin();
    boolean shares = shares();
    var times = new LinkedHashMap<String, List<Long>>();
    for (int round = 0; round < ROUNDS; round++) {
      byHand(times, "git worktree add", null);
      byHand(times, "git worktree add, cp -r", "--reflink=never");
      if (shares) {
        byHand(times, "git worktree add, cp -r --reflink", "--reflink=always");
      }
      made(times, shares ? "hivedeck, copy (blocks are shared)" : "hivedeck, copy", COPY);
      made(times, "hivedeck, link", LINK);
      taken(times, "hivedeck, copy, pool", COPY, false);
      taken(times, "hivedeck, copy, pool, main moved by %d files".formatted(MOVED), COPY, true);
      taken(times, "hivedeck, link, pool", LINK, false);
    }
    System.out.printf(
        "%d files, %d MB in %d files of node_modules, %s; medians of %d, the longest behind%n",
        FILES,
        (long) PACKAGED * BYTES / 1_000_000,
        PACKAGED,
        Files.getFileStore(folder).type() + (shares ? " with reflinks" : " without reflinks"),
        ROUNDS);
    times.forEach(
        (what, all) -> {
          all.sort(null);
          System.out.printf("%-48s %6d ms %6d ms%n", what, all.get(all.size() / 2), all.getLast());
        });
  }

  private void begin() throws IOException {
    sandbox = new TestRepository(folder);
    var random = new Random(1);
    sandbox.write(".gitignore", "node_modules/\n");
    for (int i = 0; i < FILES; i++) {
      sandbox.write("src/%d/file%d.txt".formatted(i / 50, i), "line %d\n".formatted(i).repeat(60));
    }
    sandbox.commit("Many files");
    byte[] content = new byte[BYTES];
    for (int i = 0; i < PACKAGED; i++) {
      Path file =
          sandbox.repository.resolve("node_modules/package%d/lib/%d.js".formatted(i / 20, i));
      Files.createDirectories(file.getParent());
      random.nextBytes(content);
      Files.write(file, content);
    }
    repository = Repository.open(sandbox.repository, "main");
    var kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("worktrees"));
    var isolations =
        new Isolations(repository, () -> "clone", () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    worktrees = new Worktrees(repository, commits, kept, folders, isolations);
  }

  /** Whether two files can have the same blocks there. */
  private boolean shares() throws Exception {
    Path one = Files.write(folder.resolve("one"), new byte[BYTES]);
    return new ProcessBuilder(
                "cp", "--reflink=always", one.toString(), folder.resolve("two").toString())
            .start()
            .waitFor()
        == 0;
  }

  private void byHand(Map<String, List<Long>> times, String what, String copy) throws IOException {
    Path place = folder.resolve("by hand");
    var begun = System.nanoTime();
    sandbox.git("worktree", "add", "-q", "--detach", place.toString(), "main");
    if (copy != null) {
      TestRepository.run(sandbox.repository, "cp", "-r", copy, "node_modules", place.toString());
    }
    note(times, what, begun);
    Folders.delete(place);
    sandbox.git("worktree", "prune");
  }

  private WorktreePreparation preparation(WorktreeConfig config) {
    return new WorktreePreparation(
        repository, worktrees, () -> config, new PortAllocator(new Random(1)), new SystemTimers());
  }

  private Worktrees.Beginning next() {
    String task = "T-" + ++tasks;
    return worktrees.beginning(task, task + ".1", "", repository.tip(), text -> {});
  }

  private void made(Map<String, List<Long>> times, String what, WorktreeConfig config) {
    var preparation = preparation(config);
    long begun = System.nanoTime();
    var tree = worktrees.create(next(), text -> {});
    preparation.place(Map.of(), text -> {}).ready(tree.path());
    note(times, what, begun);
    over(tree);
  }

  private void taken(
      Map<String, List<Long>> times, String what, WorktreeConfig config, boolean moved) {
    var preparation = preparation(config);
    var pool =
        new WorktreePool(
            repository,
            worktrees,
            preparation,
            () -> config,
            Optional::empty,
            () -> true,
            text -> text,
            new SystemTimers());
    pool.look();
    assertThat(pool.standing().ready()).as("%s", pool.standing().why()).isEqualTo(1);
    if (moved) {
      for (int i = 0; i < MOVED; i++) {
        sandbox.write("src/%d/file%d.txt".formatted(i, i * 50), "task " + tasks + "\n");
      }
      sandbox.commit("Main moves on");
    }
    long begun = System.nanoTime();
    var tree = pool.take(next(), text -> {}, text -> {});
    note(times, what, begun);
    over(tree.orElseThrow());
  }

  private void over(AttemptFolder tree) {
    worktrees.remove(tree, "over", text -> {});
  }

  private static void note(Map<String, List<Long>> times, String what, long begun) {
    times
        .computeIfAbsent(what, _ -> new ArrayList<>())
        .add((System.nanoTime() - begun) / 1_000_000);
  }
}
