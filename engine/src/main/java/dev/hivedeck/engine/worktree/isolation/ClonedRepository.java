package dev.hivedeck.engine.worktree.isolation;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.GitOperation;
import dev.hivedeck.engine.git.UserConfig;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.LfsObjects;
import dev.hivedeck.engine.worktree.folder.Quarantine;
import dev.hivedeck.engine.worktree.folder.SizeLimitFailure;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.SparseCone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A repository of its own that borrows the user's objects, as {@code git clone --shared} makes one,
 * but with the user's branches, remotes and settings. Nothing that is done in it reaches the user's
 * repository before the engine has read and checked it.
 */
final class ClonedRepository implements Isolation {
  static final String WORD = "clone";

  /** Extensions that need nothing else to be there. */
  private static final Set<String> EXTENSIONS =
      Set.of("objectformat", "worktreeconfig", "refstorage", "noop", "relativeworktrees");

  /** More branches nobody made by hand. */
  private static final int MOST = 1_000;

  /** So many names are told. */
  private static final int NAMED = 4;

  private final Repository repository;
  private final Git git;
  private final BooleanSupplier push;
  private final SizeLimits limits;

  /** The user's configuration as of now; null where it is to be read. */
  private final List<UserConfig> config;

  /**
   * @param push whether agents may push to the user's remotes
   */
  ClonedRepository(Repository repository, BooleanSupplier push, SizeLimits limits) {
    this(repository, push, limits, null);
  }

  private ClonedRepository(
      Repository repository, BooleanSupplier push, SizeLimits limits, List<UserConfig> config) {
    this.repository = repository;
    this.git = repository.git();
    this.push = push;
    this.limits = limits;
    this.config = config;
  }

  /** The same with the user's configuration as it is now, which is read once for all. */
  ClonedRepository asOfNow() {
    return new ClonedRepository(repository, push, limits, UserConfig.read(git));
  }

  private List<UserConfig> users() {
    return config == null ? UserConfig.read(git) : config;
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public Optional<String> unfit() {
    if (Files.exists(repository.common().resolve("git-crypt"))) {
      return Optional.of("git-crypt keeps its keys in the repository");
    }
    return users().stream()
        .filter(entry -> entry.local())
        .map(ClonedRepository::unfit)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> unfit(UserConfig entry) {
    if (entry.key().startsWith("extensions.")) {
      String name = entry.key().substring("extensions.".length());
      return name.equals("partialclone")
          ? Optional.of("the repository is a partial clone")
          : EXTENSIONS.contains(name)
              ? Optional.empty()
              : Optional.of("the repository has the extension " + name);
    }
    return entry.key().startsWith("remote.")
            && entry.key().endsWith(".promisor")
            && "true".equals(entry.value())
        ? Optional.of("the repository is a partial clone")
        : Optional.empty();
  }

  // ── making ──────────────────────────────────────────────────────────────────────────────────

  @Override
  public void create(Path folder, AttemptFolders.Notes notes, String branch, String commit) {
    make(folder, notes, branch, commit);
    var cone = SparseCone.of(notes);
    if (cone.isWhole()) {
      checkOut(folder, notes.index(), commit);
    } else {
      cone.checkOut(git(folder, notes.index()), commit, notes.place());
    }
    index(folder, notes.index());
  }

  @Override
  public void hand(
      Path folder, AttemptFolders.Notes notes, String branch, String since, String commit) {
    Path own = folder.resolve(".git");
    String head = GitDirectory.text(own.resolve("HEAD"), 1024);
    if (head == null || !head.strip().equals(since)) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "The setup of " + folder + " left another commit than it found.",
          "Have it leave HEAD alone.");
    }
    try {
      String given = refs(own, branch);
      notes.write("refs", given);
      Files.writeString(own.resolve("packed-refs"), given);
      copy(repository.common().resolve("shallow"), own.resolve("shallow"));
      CheckoutMove.move(git(folder, notes.index()), since, commit);
      if (!since.equals(commit)) {
        index(folder, notes.index());
      }
      Path ref = own.resolve(branch);
      Files.createDirectories(ref.getParent());
      Files.writeString(ref, commit + "\n");
      Files.writeString(own.resolve("HEAD"), "ref: " + branch + "\n");
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  @Override
  public String settings() {
    var settings = new StringBuilder(WORD).append('\n').append(config());
    for (String shared : List.of("info/exclude", "info/attributes")) {
      settings.append(GitDirectory.text(repository.common().resolve(shared), 1 << 20));
    }
    return settings.toString();
  }

  private void make(Path folder, AttemptFolders.Notes notes, String branch, String commit) {
    try {
      Path own = folder.resolve(".git");
      for (String inner :
          List.of("objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks")) {
        Files.createDirectories(own.resolve(inner));
      }
      String given = refs(own, branch);
      notes.write("refs", given);
      Files.writeString(own.resolve("packed-refs"), given);
      String text = notes.read("config");
      if (text == null) {
        text = config();
        notes.write("config", text);
      }
      var cone = SparseCone.of(notes);
      if (!cone.isWhole()) { // the last of several counts
        text += "[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = true\n";
      }
      Files.writeString(own.resolve("config"), text);
      Files.writeString(
          own.resolve("objects/info/alternates"),
          repository.common().resolve("objects").toString().replace('\\', '/') + "\n");
      if (branch != null) {
        Path ref = own.resolve(branch);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, commit + "\n");
      }
      copy(repository.common().resolve("shallow"), own.resolve("shallow"));
      for (String shared : List.of("info/exclude", "info/attributes")) {
        copy(repository.common().resolve(shared), own.resolve(shared));
      }
      Path part = own.resolve("info/sparse-checkout");
      if (cone.isWhole()) {
        copy(repository.gitFolder().resolve("info/sparse-checkout"), part);
      } else {
        Files.write(part, cone.patterns());
      }
      // Last, so that there is a repository only when it is whole.
      Files.writeString(
          own.resolve("HEAD"), branch == null ? commit + "\n" : "ref: " + branch + "\n");
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private void index(Path folder, Path index) {
    try {
      Files.copy(
          index,
          index(folder),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static HiveException unwritable(Path folder, IOException e) {
    return Disk.unwritable(
        folder,
        e,
        ErrorCode.HOME_UNWRITABLE,
        "The repository of an attempt cannot be written to " + folder + ": " + e.getMessage(),
        "Check the rights and the space of that folder.");
  }

  /** By the user's git folder, so that the user's filters and line ends count. */
  private void checkOut(Path folder, Path index, String commit) {
    git(folder, index)
        .must(
            "-c",
            "index.sparse=false",
            "-c",
            "core.splitIndex=false",
            "read-tree",
            "-m",
            "-u",
            commit);
  }

  private Git git(Path folder, Path index) {
    return repository
        .reading(folder)
        .with(Map.of("GIT_WORK_TREE", folder.toString(), "GIT_INDEX_FILE", index.toString()));
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.isRegularFile(from)) {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * The user's branches, tags and remote branches, as a file of packed refs. Branches that the
   * engine made for other attempts are none of this one's business.
   */
  private String refs(Path own, String branch) throws IOException {
    var result =
        git.run(
            "for-each-ref",
            "--format=%(objectname) %(refname)%00%(*objectname)%00%(symref)",
            "refs/heads",
            "refs/tags",
            "refs/remotes",
            HiddenRefs.MADE);
    if (!result.ok()) {
      throw git.failed(result, "for-each-ref");
    }
    String text = new String(result.bytes(), StandardCharsets.ISO_8859_1);
    var made = new HashSet<String>();
    text.lines()
        .map(line -> line.substring(line.indexOf(' ') + 1, line.indexOf('\0')))
        .filter(ref -> ref.startsWith(HiddenRefs.MADE))
        .forEach(ref -> made.add("refs/heads/" + ref.substring(HiddenRefs.MADE.length())));
    var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
    for (String line : text.lines().toList()) {
      String[] f = line.split("\0", -1);
      String ref = f[0].substring(f[0].indexOf(' ') + 1);
      if (ref.startsWith(HiddenRefs.MADE) || made.contains(ref) || ref.equals(branch)) {
        continue;
      }
      if (!f[2].isEmpty()) {
        Path symbolic = ByteNames.resolve(own, ref);
        Files.createDirectories(symbolic.getParent());
        Files.write(symbolic, ("ref: " + f[2] + "\n").getBytes(StandardCharsets.ISO_8859_1));
        continue;
      }
      packed.append(f[0]).append('\n');
      if (!f[1].isEmpty()) {
        packed.append('^').append(f[1]).append('\n');
      }
    }
    return new String(
        packed.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private String config() {
    return UserConfig.forAttempt(
        users(), repository.root(), repository.common(), push.getAsBoolean());
  }

  // ── reading back ────────────────────────────────────────────────────────────────────────────

  @Override
  public List<Path> gitFolders(Path folder) {
    return List.of(folder.resolve(".git"));
  }

  @Override
  public Path index(Path folder) {
    return folder.resolve(".git").resolve("index");
  }

  @Override
  public History history(Path folder, AttemptFolders.Notes notes, String start) {
    var directory = GitDirectory.at(folder.resolve(".git"));
    if (directory.isEmpty()) {
      return new History(
          null,
          null,
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of("its own repository is gone or no longer one; its files are taken as they are"),
          List.of());
    }
    var own = directory.get();
    var told = new ArrayList<String>();
    var excess = new ArrayList<String>();
    takeLarge(own, start, told, excess);
    var candidates = own.others(notes.read("refs"));
    String head = own.head();
    try (var quarantine = Quarantine.of(own.objects(), git, notes.place(), limits)) {
      if (head == null) {
        told.add("its HEAD cannot be read; its files are taken as they are");
      } else if (!head.equals(start)
          && !head.equals(notes.indexed())) { // which the engine itself has put there
        head =
            taken(quarantine, head, "its commits", told, excess) ? quarantine.commit(head) : null;
      }
      var known = new ArrayList<String>();
      known.addAll(own.remoteTips());
      var others = new ArrayList<Other>();
      if (candidates.size() > MOST) {
        told.add("of " + candidates.size() + " branches and the like, " + MOST + " are looked at");
      }
      for (var other : candidates.entrySet().stream().limit(MOST).toList()) {
        if (head != null) {
          known.add(head);
        }
        if (!other.getKey().equals(head)
            && !quarantine.unknown(List.of(other.getKey()), known).isEmpty()
            && taken(quarantine, other.getKey(), other.getValue(), told, excess)) {
          others.add(new Other(other.getValue(), other.getKey()));
          known.add(other.getKey());
        }
      }
      var merging =
          own.merging().stream()
              .filter(id -> taken(quarantine, id, "a merge", told, excess))
              .map(quarantine::commit);
      return new History(
          head,
          own.branch(),
          merging.toList(),
          GitOperation.in(own.path()),
          others,
          own.worktrees(),
          List.copyOf(told),
          List.copyOf(excess));
    }
  }

  private void takeLarge(GitDirectory own, String start, List<String> told, List<String> excess) {
    try {
      var left =
          LfsObjects.take(
                  own.path().resolve("lfs").resolve("objects"),
                  repository.common().resolve("lfs").resolve("objects"),
                  limits,
                  () -> named(start))
              .stream()
              .map(content -> content.id() + " (" + Plural.bytes(content.bytes()) + ")")
              .toList();
      if (!left.isEmpty()) {
        String words =
            "content of Git LFS cannot be taken: "
                + SizeLimitFailure.of(
                        Plural.some(left, NAMED)
                            + (left.size() == 1 ? " is" : " are")
                            + " too large.",
                        limits)
                    .getMessage();
        told.add(words);
        excess.add(words);
      }
    } catch (IOException e) {
      throw Disk.unwritable(
          repository.common(),
          e,
          ErrorCode.REPOSITORY_UNWRITABLE,
          "What Git LFS keeps cannot be taken to the repository: " + e.getMessage(),
          "Check the rights and the space of its .git folder.");
    }
  }

  /** Content of Git LFS that was named before the attempt. */
  private Set<String> named(String start) {
    return start == null
        ? Set.of()
        : git.run("grep", "-h", "-o", "-I", "-E", "^oid sha256:[0-9a-f]{64}$", start)
            .out()
            .lines()
            .map(line -> line.substring(line.indexOf(':') + 1))
            .collect(Collectors.toSet());
  }

  private static boolean taken(
      Quarantine quarantine, String commit, String what, List<String> told, List<String> excess) {
    try {
      quarantine.take(List.of(commit));
      return true;
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      String words = what + " cannot be taken: " + e.getMessage();
      told.add(words);
      if (SizeLimitFailure.is(e)) {
        excess.add(words);
      }
      return false;
    }
  }

  @Override
  public void lending(Path folder, AttemptFolders.Notes notes, Lent work) {
    var directory = GitDirectory.at(folder.resolve(".git"));
    if (directory.isPresent()) {
      try (var quarantine = Quarantine.of(directory.get().objects(), git, notes.place(), limits)) {
        Consumer<String> take = commit -> quarantine.take(List.of(commit));
        work.with(quarantine.git(), take);
      }
    }
  }

  /** In a new repository: what an agent configured, hooked or marked in its own is gone then. */
  @Override
  public void settle(
      Path folder, AttemptFolders.Notes notes, String branch, String commit, Path index) {
    Path own = folder.resolve(".git");
    Path old = notes.place().resolve("left.git");
    try {
      Folders.delete(old);
      if (Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(own, old);
      }
      make(folder, notes, branch, commit);
      index(folder, index);
      for (String kept : List.of("modules", "worktrees", "lfs")) {
        if (Files.isDirectory(old.resolve(kept), LinkOption.NOFOLLOW_LINKS)
            && !Files.isSymbolicLink(old)) {
          Files.move(old.resolve(kept), own.resolve(kept));
        }
      }
      Folders.delete(old);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  @Override
  public void remove(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.HOME_UNWRITABLE,
          folder + " cannot be removed: " + e.getMessage(),
          "Check its rights; it is tried again.",
          e);
    }
  }
}
