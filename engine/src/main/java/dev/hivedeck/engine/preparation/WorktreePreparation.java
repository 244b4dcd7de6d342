package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.gate.GateCommand;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes folders ready to work in, those of attempts and those in which gates judge, all in the same
 * way: what the user's checkout has beside its commits is copied or linked, ports are set aside,
 * and the workspace's own command sets up the rest.
 */
public final class WorktreePreparation {
  /** The first of its ports, and the others by their number behind it. */
  public static final String PORT = "HIVEDECK_PORT";

  private static final Logger LOG = LoggerFactory.getLogger(WorktreePreparation.class);

  private static final int SHOWN_LINES = 2_000;

  /** More files are only counted. */
  private static final int NAMED = 3;

  private final Repository repository;
  private final Worktrees worktrees;
  private final Supplier<WorktreeConfig> config;
  private final PortAllocator ports;
  private final GateCommand commands;
  private final Timers timers;
  private final AtomicInteger busy = new AtomicInteger();

  /**
   * @param config the part of the configuration in force
   */
  public WorktreePreparation(
      Repository repository,
      Worktrees worktrees,
      Supplier<WorktreeConfig> config,
      PortAllocator ports,
      Timers timers) {
    this.repository = repository;
    this.worktrees = worktrees;
    this.config = config;
    this.ports = ports;
    this.commands = new GateCommand(timers);
    this.timers = timers;
  }

  /**
   * Sets aside what a folder has for as long as it is used. Nothing is done in any folder yet.
   *
   * @param marks the environment of whoever is to work there; no secret among it
   * @param out takes what its commands print
   * @throws HiveException {@code setup-failed} where there are not so many free ports
   */
  public Place place(Map<String, String> marks, Consumer<String> out) {
    return place(marks, out, 0);
  }

  /**
   * The same.
   *
   * @param least how many ports it has at least, whatever is configured
   */
  public Place place(Map<String, String> marks, Consumer<String> out, int least) {
    var wanted = config.get();
    int count = Math.max(least, wanted.ports());
    var block = ports.take(count);
    if (block.size() < count) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "There are no %d free ports in a row on this machine.".formatted(count),
          "Ask for fewer (worktree: { ports: … }), or let fewer agents work at a time.");
    }
    return new Place(wanted, block, marks, out);
  }

  /**
   * A folder that is made ready before it is known who is to work there: it has no ports yet.
   *
   * @param out takes what its commands print
   */
  Place ahead(Path folder, Consumer<String> out) {
    return ahead(folder, config.get(), out);
  }

  private Place ahead(Path folder, WorktreeConfig wanted, Consumer<String> out) {
    var marks = new LinkedHashMap<>(AttemptFolders.marked(worktrees.notes(folder)));
    marks.put("HIVEDECK_WORKSPACE", repository.root().toString());
    var place = new Place(wanted, List.of(), marks, out);
    place.folder = folder;
    return place;
  }

  /**
   * Undoes what was set up in such a folder, by the command of when it was. Where nobody has
   * consented to anything any more, no command runs.
   */
  void undo(Path folder, UnaryOperator<WorktreeConfig> made) {
    WorktreeConfig wanted;
    try {
      wanted = config.get();
    } catch (HiveException e) {
      if (!e.is(ErrorCode.NOT_TRUSTED)) {
        throw e;
      }
      LOG.info("what was set up in {} is not undone: {}", folder, e.getMessage());
      return;
    }
    ahead(folder, made.apply(wanted), line -> {}).close();
  }

  /** All that making a folder ready goes by, but for the commit: others need another folder. */
  String state(Path folder) {
    var wanted = config.get();
    String all =
        String.join(
            "\n",
            repository.main(),
            wanted.pooled(0).toString(),
            worktrees.settings(),
            new CheckoutFiles(repository, wanted).state(folder));
    return ConfigSnapshot.sha256(all);
  }

  /** Whether a folder is being made ready just now. */
  boolean busy() {
    return busy.get() > 0;
  }

  /**
   * What an earlier engine left. Its ports are not known any more.
   *
   * @param marks as of {@link #place}
   */
  public Place left(Path folder, Map<String, String> marks) {
    var place = new Place(config.get(), List.of(), marks, line -> {});
    place.folder = folder;
    return place;
  }

  /** A folder to work in, with what is its own. */
  public final class Place implements AutoCloseable {
    private final WorktreeConfig config;
    private final List<Integer> ports;
    private final Map<String, String> marks;
    private final Consumer<String> out;

    /** Once something was set up there. */
    private @Nullable Path folder;

    private Place(
        WorktreeConfig config,
        List<Integer> ports,
        Map<String, String> marks,
        Consumer<String> out) {
      this.config = config;
      this.ports = ports;
      this.marks = marks;
      this.out = out;
    }

    /**
     * What whoever works in a folder finds in its environment, under the names of other
     * orchestrators too.
     */
    public Map<String, String> environment(Path folder) {
      var environment = new LinkedHashMap<>(marks);
      for (int i = 0; i < ports.size(); i++) {
        environment.put(i == 0 ? PORT : PORT + "_" + i, ports.get(i).toString());
      }
      environment.putAll(
          OrchestratorVariables.of(repository.root(), repository.main(), folder, port()));
      return environment;
    }

    /** The first of its ports; 0 where it has none. */
    public int port() {
      return ports.isEmpty() ? 0 : ports.getFirst();
    }

    /** It was made ready ahead: what is to be undone there is known. */
    public void ahead(Path folder) {
      this.folder = folder;
    }

    /** Makes it ready without a word of what was done. */
    public void ready(Path folder) {
      ready(folder, text -> {});
    }

    /**
     * Makes it ready.
     *
     * @param own takes what was done, in words
     * @throws HiveException {@code setup-failed}
     */
    public void ready(Path folder, Consumer<String> own) {
      busy.incrementAndGet();
      try {
        make(folder, own);
      } finally {
        busy.decrementAndGet();
      }
    }

    private void make(Path folder, Consumer<String> own) {
      bring(folder, own);
      String setup = config.setup();
      if (setup == null) {
        return;
      }
      own.accept("setup: " + setup);
      worktrees.settingUp(folder);
      long begun = timers.clock().millis();
      var exit = run(setup, folder);
      if (exit.late() || exit.code() != 0) {
        noteFailed(folder);
        throw new HiveException(
            ErrorCode.SETUP_FAILED,
            "The setup \"%s\" %s.".formatted(setup, ended(exit)),
            "Run it in a fresh checkout by hand; worktree: { setup, timeout } are in"
                + " .hivedeck/hive.yaml.");
      }
      own.accept("set up in " + seconds(timers.clock().millis() - begun));
      var large = new ArrayList<String>();
      var made = worktrees.setUp(folder, large);
      if (!large.isEmpty()) {
        CheckoutFiles.exclude(folder, large);
        own.accept(
            "no part of the work, as it is too large to be committed: "
                + Plural.some(large.stream().map(ByteNames::words).toList(), NAMED));
      }
      if (!made.isEmpty()) {
        own.accept(
            "no part of the work as long as it stays as the setup left it: "
                + Plural.some(made.stream().map(ByteNames::words).toList(), NAMED));
      }
    }

    /** What comes there from now on is a person's, who looks why it failed. */
    private void noteFailed(Path folder) {
      try {
        worktrees.setUp(folder, new ArrayList<>());
      } catch (HiveException e) {
        LOG.info("nothing that is in {} is kept: {}", folder, e.getMessage());
      }
    }

    /** What other repositories, and Git LFS, are to bring. */
    private void repositories(Path folder, Consumer<String> own) {
      if (Submodules.in(folder)) {
        if (config.submodules()) {
          int made = new Submodules(repository).checkOut(folder);
          own.accept("checked out " + Plural.of(made, "submodule"));
        } else {
          own.accept(
              "its submodules are empty, as in a fresh clone; worktree: { submodules: true } has"
                  + " them checked out");
        }
      }
      var large = new LargeFiles(repository);
      if (config.lfs()) {
        large.bring(folder);
      } else if (large.wanted() && !large.installed()) {
        own.accept("its files of Git LFS are pointers, as git lfs is not installed here");
      }
    }

    /**
     * Brings it what is copied and linked; whoever does only that runs the setup.
     *
     * @param own takes what was done, in words
     * @throws HiveException {@code setup-failed}
     */
    public void bring(Path folder, Consumer<String> own) {
      var files = new CheckoutFiles(repository, config).bring(folder, own);
      if (!files.isEmpty()) {
        worktrees.prepared(folder, files);
      }
      repositories(folder, own);
      this.folder = folder;
    }

    private GateCommand.Exit run(String command, Path folder) {
      try {
        var exit = commands.run(command, folder, environment(folder), config.timeout());
        exit.output().lines().limit(SHOWN_LINES).forEach(out);
        return exit;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HiveException(
            ErrorCode.STOPPED, "\"" + command + "\" was stopped.", "Try again.");
      }
    }

    private String ended(GateCommand.Exit exit) {
      return exit.late()
          ? "did not end within " + seconds(config.timeout().toMillis())
          : "ended with exit " + exit.code() + last(exit.output());
    }

    /** Undoes what was set up, and gives its ports back. */
    @Override
    public void close() {
      String teardown = config.teardown();
      try {
        if (teardown != null && folder != null && Files.isDirectory(folder)) {
          var exit = run(teardown, folder);
          if (exit.late() || exit.code() != 0) {
            LOG.warn("the teardown \"{}\" in {} {}", teardown, folder, ended(exit));
          }
        }
      } catch (HiveException e) { // the folder goes all the same
        LOG.warn("the teardown in {} did not run: {}", folder, e.getMessage());
      } finally {
        WorktreePreparation.this.ports.giveBack(ports);
      }
    }
  }

  private static String last(String output) {
    String last = output.lines().filter(l -> !l.isBlank()).reduce((a, b) -> b).orElse("").strip();
    return last.isEmpty() ? "" : ": " + (last.length() > 160 ? last.substring(0, 160) + "…" : last);
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }
}
