package dev.hivedeck.engine;

import dev.hivedeck.engine.process.ProcessTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What happens to a live engine from outside, and how it is taken away again. */
enum CrashFault {
  FROZEN {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      signal("-STOP", engine.pid());
      return () -> signal("-CONT", engine.pid());
    }
  },
  FULL_DISK {
    @Override
    String impossible(CrashSite site) {
      return site.mounted() ? null : "no file system of its own could be mounted";
    }

    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      Path fill = site.ground().resolve("fill");
      try (var out = Files.newOutputStream(fill)) {
        for (int size = 1 << 20; size > 0; size = size == 1 << 20 ? 1 << 10 : size >> 10) {
          fill(out, size);
        }
      }
      return () -> Files.delete(fill);
    }

    private static void fill(OutputStream out, int size) {
      try {
        while (true) {
          out.write(new byte[size]);
        }
      } catch (IOException full) {
        // That is what it is for; a smaller piece may still fit.
      }
    }
  },
  DATA_LOCKED {
    @Override
    String impossible(CrashSite site) {
      return site.rightsHold();
    }

    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      return lock(site.data());
    }
  },
  WORKTREES_LOCKED {
    @Override
    String impossible(CrashSite site) {
      return site.rightsHold();
    }

    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      // An engine that has just begun may not have made it.
      return lock(Files.createDirectories(site.data().resolve("worktrees")));
    }
  },
  REPOSITORY_LOCKED {
    @Override
    String impossible(CrashSite site) {
      return site.rightsHold();
    }

    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      Path git = site.sandbox().repository.resolve(".git");
      var refs = lock(git.resolve("refs/heads"));
      var objects = lock(git.resolve("objects"));
      return () -> {
        refs.run();
        objects.run();
      };
    }
  },
  CLOCK_FORWARD {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      return skew(site, 1 + random.nextInt(7_200));
    }
  },
  CLOCK_BACK {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      return skew(site, -1 - random.nextInt(7_200));
    }
  },
  AGENT_KILLED {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      var agents = site.agents();
      if (!agents.isEmpty()) {
        signal("-KILL", agents.get(random.nextInt(agents.size())).pid());
      }
      return () -> {};
    }
  },
  GIT_KILLED {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      long until = System.nanoTime() + 400_000_000L;
      while (System.nanoTime() < until) {
        engine
            .children()
            .filter(p -> p.info().command().orElse("").endsWith("git"))
            .findAny()
            .ifPresent(ProcessHandle::destroyForcibly);
      }
      return site::removeLocks;
    }
  },
  WORKTREE_GONE {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      var trees = site.worktrees();
      if (!trees.isEmpty()) {
        delete(trees.get(random.nextInt(trees.size())));
      }
      return () -> {};
    }
  },
  BRANCH_GONE {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      var branches =
          site.sandbox().git("for-each-ref", "--format=%(refname)", "refs/heads/hive").lines();
      var names = branches.toList();
      if (!names.isEmpty()) {
        // The engine may have been faster.
        site.tryGit("update-ref", "-d", names.get(random.nextInt(names.size())));
      }
      return () -> {};
    }
  },
  /**
   * What nothing refers to is deleted at once, as no careful person does it under a live engine.
   */
  PRUNED {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      site.prune();
      return () -> {};
    }
  },
  /** A git that was killed leaves one of these. */
  LOCK_LEFT {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      var names = List.of("index", "HEAD", "packed-refs", "refs/heads/main", "config");
      Path git = site.sandbox().repository.resolve(".git");
      Files.writeString(git.resolve(names.get(random.nextInt(names.size())) + ".lock"), "");
      return site::removeLocks;
    }
  },
  /** As an agent does that works in the user's repository; who runs the engine settles it. */
  MAIN_MOVED {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      site.moveMain();
      return () -> {};
    }
  },
  MAIN_GONE {
    @Override
    Undo inflict(CrashSite site, Process engine, Random random) throws Exception {
      String tip = site.sandbox().git("rev-parse", "refs/heads/main");
      boolean gone = site.tryGit("update-ref", "-d", "refs/heads/main", tip);
      return () -> {
        if (gone) {
          site.sandbox().git("update-ref", "refs/heads/main", tip);
        }
      };
    }
  };

  /** Takes a fault away. */
  @FunctionalInterface
  interface Undo {
    void run() throws Exception;
  }

  abstract Undo inflict(CrashSite site, Process engine, Random random) throws Exception;

  /** Why this machine does not allow it; null when it does. */
  String impossible(CrashSite site) {
    return null;
  }

  private static void signal(String which, long pid) throws Exception {
    new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor();
  }

  private static Undo lock(Path folder) throws IOException {
    var before = Files.getPosixFilePermissions(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    return () -> Files.setPosixFilePermissions(folder, before);
  }

  private static Undo skew(CrashSite site, long seconds) throws IOException {
    Files.writeString(site.ground().resolve("clock"), Long.toString(seconds));
    return () -> Files.writeString(site.ground().resolve("clock"), "0");
  }

  static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody still writes there; that is a fault too.
    }
  }

  /** Where a life ends by itself: once an event is durable, or around something that git does. */
  record Point(String event, String git, String when) {
    private static final List<String> EVENTS =
        List.of(
            "attempt.preparing",
            "attempt.working",
            "attempt.checking",
            "task.done",
            "change.queued",
            "change.merging",
            "change.merged",
            "attempt.lost");

    private static final List<String> GIT =
        List.of(
            "read-tree",
            "checkout-index",
            "index-pack",
            "update-ref",
            "commit-tree",
            "merge-tree",
            "status");

    static Point any(Random random) {
      return random.nextBoolean()
          ? new Point(EVENTS.get(random.nextInt(EVENTS.size())), "", "")
          : new Point(
              "", GIT.get(random.nextInt(GIT.size())), random.nextBoolean() ? "before" : "after");
    }

    void arm(ProcessBuilder engine, CrashSite site) throws IOException {
      var environment = engine.environment();
      if (!event.isEmpty()) {
        environment.put("HIVEDECK_STORM_EVENT", event);
        return;
      }
      environment.put("PATH", site.shim(git, when) + ":" + environment.get("PATH"));
    }

    @Override
    public String toString() {
      return event.isEmpty() ? when + " git " + git : event;
    }
  }

  /** Processes of agents in a folder. */
  static List<ProcessTree.Found> agentsIn(Path folder) {
    return ProcessTree.carrying().stream()
        .filter(p -> p.folder() != null && p.folder().startsWith(folder))
        .toList();
  }
}
