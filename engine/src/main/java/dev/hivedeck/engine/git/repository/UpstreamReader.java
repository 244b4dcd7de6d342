package dev.hivedeck.engine.git.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Reads how main stands to its {@link Upstream}. Nothing is fetched: that is the user's to do. Git
 * counts only when main, the remote's branch or the configuration has changed; the refs are read
 * from their files.
 */
public final class UpstreamReader {
  private static final String HEADS = "refs/heads/";
  private static final String REMOTES = RemoteBranch.REMOTES;
  private static final int FIELDS = 3;

  private final Repository repository;
  private Followed followed;
  private Counted counted;

  /**
   * @param configured when git's configuration was written last
   * @param branch empty where main follows none
   */
  private record Followed(FileTime configured, Optional<RemoteBranch> branch) {}

  private record Counted(String main, String ref, String tip, Optional<Upstream> upstream) {}

  public UpstreamReader(Repository repository) {
    this.repository = repository;
  }

  /** Empty where main follows no branch of a remote, or none that was fetched. */
  public synchronized Optional<Upstream> read() {
    if (!anyRemote()) {
      return Optional.empty();
    }
    var branch = branch();
    if (branch.isEmpty()) {
      return Optional.empty();
    }
    String ref = branch.get().ref();
    String main = repository.tipIfThere().orElse("");
    String tip = repository.refs().matching(ref).getOrDefault(ref, "");
    if (main.isEmpty() || tip.isEmpty()) {
      return Optional.empty();
    }
    if (counted == null
        || !counted.main.equals(main)
        || !counted.ref.equals(ref)
        || !counted.tip.equals(tip)) {
      counted = new Counted(main, ref, tip, count(ref, main, tip));
    }
    return counted.upstream;
  }

  /** Most repositories that follow nothing have neither of these, and git need not be asked. */
  private boolean anyRemote() {
    Path common = repository.common();
    return Files.exists(common.resolve(REMOTES))
        || Files.exists(common.resolve("packed-refs"))
        || Files.exists(common.resolve("reftable"));
  }

  /** The branch that main follows, whether it was ever fetched or not; empty where it is none. */
  public synchronized Optional<RemoteBranch> branch() {
    FileTime configured = configured();
    if (followed == null || !followed.configured.equals(configured)) {
      followed = new Followed(configured, asked());
    }
    return followed.branch;
  }

  /** Where a branch was when it was fetched last; empty where it never was. */
  public Optional<String> tip(RemoteBranch branch) {
    return Optional.ofNullable(repository.refs().matching(branch.ref()).get(branch.ref()));
  }

  private FileTime configured() {
    try {
      return Files.getLastModifiedTime(repository.common().resolve("config"));
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  /** What is configured; else the branch of that name at origin, as most clones have it. */
  private Optional<RemoteBranch> asked() {
    String format = "--format=%(upstream)%0a%(upstream:remotename)%0a%(upstream:remoteref)";
    String[] set =
        repository.git().value("for-each-ref", format, HEADS + repository.main()).split("\n", -1);
    if (set.length >= FIELDS && set[0].startsWith(REMOTES)) {
      return Optional.of(new RemoteBranch(set[1], set[2], set[0]));
    }
    return set[0].isEmpty()
        ? Optional.of(
            new RemoteBranch(
                "origin", HEADS + repository.main(), REMOTES + "origin/" + repository.main()))
        : Optional.empty();
  }

  private Optional<Upstream> count(String ref, String main, String tip) {
    String name = ref.substring(REMOTES.length());
    if (main.equals(tip)) {
      return Optional.of(new Upstream(name, 0, 0));
    }
    var found = repository.git().run("rev-list", "--left-right", "--count", main + "..." + tip);
    if (!found.ok()) {
      return Optional.empty(); // a commit that it needs is not there, as in a shallow clone
    }
    String[] counts = found.out().strip().split("\\s+");
    return Optional.of(
        new Upstream(name, Integer.parseInt(counts[0]), Integer.parseInt(counts[1])));
  }
}
