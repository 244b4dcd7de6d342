package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Objects of a foreign repository, set aside to be looked at. Only its plain loose objects and
 * packs are there, none of what else git would believe: alternates, commit graphs, replacements,
 * grafts. What is taken is packed, checked as what a stranger sends would be, and only then written
 * to the repository that takes it.
 */
public final class Quarantine implements AutoCloseable {
  private static final Pattern LOOSE = Pattern.compile("[0-9a-f]{2}/[0-9a-f]{38}([0-9a-f]{24})?");
  private static final Pattern PACK = Pattern.compile("pack/pack-[0-9a-f]+\\.(pack|idx)");

  /** Beyond this, a pack is kept as a pack; git's own limit. */
  private static final int FEW = 100;

  private static final int MOST = 1_000_000;

  private static final Pattern SIZE = Pattern.compile("\\d{1,20}");

  /** Any number of so many is a long. */
  private static final int DIGITS = 18;

  private final Git target;
  private final Git lent;
  private final Path folder;
  private final SizeLimits limits;
  private final boolean empty;

  private Quarantine(Git target, Path folder, SizeLimits limits, boolean empty) {
    this.target = target;
    this.limits = limits;
    this.folder = folder;
    this.empty = empty;
    this.lent = target.with(Map.of("GIT_ALTERNATE_OBJECT_DIRECTORIES", Git.quoted(folder)));
  }

  /**
   * @param target git of the repository that is to take them
   * @param scratch a folder on the same disk that only the engine writes to
   */
  public static Quarantine of(Path objects, Git target, Path scratch, SizeLimits limits) {
    try {
      Path folder = Files.createTempDirectory(scratch, "objects");
      try {
        return new Quarantine(
            target.with(AttemptFolders.marked(scratch)),
            folder,
            limits,
            link(objects, folder) == 0);
      } catch (IOException | RuntimeException e) {
        Folders.delete(folder);
        throw e;
      }
    } catch (IOException e) {
      throw Disk.unwritable(
          scratch,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The objects of an attempt cannot be set aside in " + scratch + ": " + e.getMessage(),
          "Check its rights and space.");
    }
  }

  /** Links cost nothing, and what they name is checked when it is read. */
  private static int link(Path objects, Path into) throws IOException {
    var linked = new int[1];
    Files.walkFileTree(
        objects,
        Set.of(),
        2,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = objects.relativize(file).toString().replace('\\', '/');
            if (attributes.isRegularFile()
                && (LOOSE.matcher(name).matches() || PACK.matcher(name).matches())) {
              Path to = into.resolve(name);
              Files.createDirectories(to.getParent());
              if (link(file, to)) {
                linked[0]++;
              }
            }
            return linked[0] < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          private boolean link(Path file, Path to) {
            try {
              Files.createLink(to, file);
              return true;
            } catch (IOException | UnsupportedOperationException e) {
              return copy(file, to);
            }
          }

          private boolean copy(Path file, Path to) {
            try {
              Files.copy(file, to, LinkOption.NOFOLLOW_LINKS);
              return true;
            } catch (IOException e) {
              return false; // a git of the attempt packs them just now
            }
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return linked[0];
  }

  /** Git of the repository that takes, which sees these objects, too. */
  public Git git() {
    return lent;
  }

  /**
   * Takes commits, or tags of commits, with all that they need and the repository does not have.
   *
   * @throws HiveException {@code objects-unsound} when something is missing or broken, or is no
   *     commit; then nothing was taken
   */
  public void take(Collection<String> commits) {
    if (commits.isEmpty()) {
      return;
    }
    var wanted = new StringBuilder();
    commits.forEach(id -> wanted.append(id).append('\n').append(id).append("^{commit}\n"));
    var listed =
        lent.runWith(wanted.toString(), "rev-list", "--objects", "--stdin", "--not", "--all");
    if (!listed.ok()) {
      throw unsound(listed);
    }
    if (empty || listed.bytes().length == 0) {
      return;
    }
    try {
      Path list = Files.write(folder.resolve("list"), listed.bytes());
      weigh(list);
      Path pack = folder.resolve("taken");
      var packed =
          lent.from(list).to(pack).run("pack-objects", "--stdout", "--delta-base-offset", "-q");
      if (!packed.ok()) {
        throw unsound(packed);
      }
      var taken =
          new String(listed.bytes(), StandardCharsets.ISO_8859_1).lines().count() < FEW
              ? target.from(pack).run("unpack-objects", "-q", "--strict")
              : target.from(pack).run("index-pack", "--stdin", "--strict");
      if (!taken.ok()) {
        throw unsound(taken);
      }
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The objects of an attempt cannot be packed in " + folder + ": " + e.getMessage(),
          "Check its rights and space.");
    }
  }

  /** By what their heads say, which is read without the rest. */
  private void weigh(Path list) {
    long[] bytes = new long[2]; // of the largest, and of all
    var heads = lent.from(list).run("cat-file", "--buffer", "--batch-check=%(objectsize) %(rest)");
    if (!heads.ok()) {
      throw unsound(heads);
    }
    heads
        .out()
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(size -> SIZE.matcher(size).matches()) // else it is missing
        .mapToLong(size -> size.length() > DIGITS ? Long.MAX_VALUE : Long.parseLong(size))
        .forEach(
            size -> {
              bytes[0] = Math.max(bytes[0], size);
              bytes[1] += size;
              bytes[1] = bytes[1] < 0 ? Long.MAX_VALUE : bytes[1];
            });
    if (bytes[0] > limits.file() || bytes[1] > limits.total()) {
      throw SizeLimitFailure.of(
          "Its commits hold %s, the largest file of them %s."
              .formatted(Plural.bytes(bytes[1]), Plural.bytes(bytes[0])),
          limits);
    }
  }

  /** The commit that was taken, where it was named by a tag. */
  public String commit(String taken) {
    return lent.must("rev-parse", "--verify", taken + "^{commit}");
  }

  private HiveException unsound(Git.Result result) {
    var failure = target.failed(result, "take objects over");
    return failure.outage()
        ? failure
        : new HiveException(
            ErrorCode.OBJECTS_UNSOUND,
            "Objects are missing or broken: " + result.err().strip(),
            "Its files are taken all the same.");
  }

  /** Those of the commits that nothing in the repository, nor any of {@code known}, contains. */
  public List<String> unknown(Collection<String> commits, Collection<String> known) {
    return commits.stream()
        .filter(
            commit -> {
              var input = new StringBuilder(commit).append('\n');
              known.forEach(id -> input.append('^').append(id).append('\n'));
              var result =
                  lent.runWith(
                      input.toString(),
                      "rev-list",
                      "--max-count=1",
                      "--ignore-missing",
                      "--stdin",
                      "--not",
                      "--all");
              return !result.ok() || !result.out().isBlank(); // in doubt it is kept
            })
        .toList();
  }

  @Override
  public void close() {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      // It goes with what is noted of the attempt.
    }
  }
}
