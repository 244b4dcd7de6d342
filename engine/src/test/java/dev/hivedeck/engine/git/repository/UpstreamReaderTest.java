package dev.hivedeck.engine.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How main stands to what was fetched of its remote, in the ways that repositories have it. */
class UpstreamReaderTest {
  @TempDir Path folder;
  private TestRepository theirs;
  private Path clone;

  @BeforeEach
  void cloned() {
    theirs = new TestRepository(folder);
    clone = folder.resolve("clone");
    TestRepository.run(folder, "git", "clone", "-q", theirs.repository.toString(), "clone");
    git("config", "user.name", "A User");
    git("config", "user.email", "user@example.org");
  }

  private void git(String... args) {
    var command = new String[args.length + 1];
    command[0] = "git";
    System.arraycopy(args, 0, command, 1, args.length);
    TestRepository.run(clone, command);
  }

  private void theyCommit(int times) {
    for (int i = 0; i < times; i++) {
      theirs.write("theirs" + i + ".txt", "" + i);
      theirs.commit("Theirs " + i);
    }
  }

  private UpstreamReader reader() {
    return new UpstreamReader(Repository.open(clone, null));
  }

  @Test
  void withoutARemoteThereIsNone() {
    assertThat(new UpstreamReader(Repository.open(theirs.repository, null)).read()).isEmpty();
  }

  @Test
  void whatWasFetchedCountsAndNothingElse() {
    var reader = reader();
    assertThat(reader.read()).contains(new Upstream("origin/main", 0, 0));
    theyCommit(3);
    assertThat(reader.read()).contains(new Upstream("origin/main", 0, 0));
    git("fetch", "-q");
    assertThat(reader.read()).contains(new Upstream("origin/main", 0, 3));
    git("commit", "-q", "--allow-empty", "-m", "Mine");
    assertThat(reader.read()).contains(new Upstream("origin/main", 1, 3));
    git("pack-refs", "--all");
    git("rebase", "-q", "origin/main");
    assertThat(reader.read()).contains(new Upstream("origin/main", 1, 0));
  }

  @Test
  void mainFollowsWhatItIsConfiguredToFollow() {
    theirs.git("branch", "release/2");
    git("fetch", "-q");
    var reader = reader();
    assertThat(reader.read()).contains(new Upstream("origin/main", 0, 0));
    git("branch", "-q", "-u", "origin/release/2");
    theirs.git("checkout", "-q", "release/2");
    theyCommit(1);
    git("fetch", "-q");
    assertThat(reader().read()).contains(new Upstream("origin/release/2", 0, 1));
  }

  @Test
  void aBranchThatFollowsNothingIsComparedWithItsNamesakeAtOrigin() {
    git("branch", "-q", "--unset-upstream");
    theyCommit(2);
    git("fetch", "-q");
    assertThat(reader().read()).contains(new Upstream("origin/main", 0, 2));
  }

  @Test
  void aBranchThatIsGoneAtTheRemoteOrIsLocalIsNoUpstream() {
    git("update-ref", "-d", "refs/remotes/origin/main");
    assertThat(reader().read()).isEmpty();
    git("branch", "side");
    git("branch", "-q", "-u", "side");
    assertThat(reader().read()).isEmpty();
  }

  @Test
  void unrelatedHistoriesAreToldInFull() {
    git("checkout", "-q", "--orphan", "anew");
    git("commit", "-q", "-m", "Anew");
    git("branch", "-q", "-M", "anew", "main");
    git("branch", "-q", "-u", "origin/main");
    assertThat(reader().read()).contains(new Upstream("origin/main", 1, 1));
  }
}
