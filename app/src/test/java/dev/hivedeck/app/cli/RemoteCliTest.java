package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The remote that main follows, from the command line and without an engine. */
class RemoteCliTest {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    System.clearProperty("hivedeck.home");
  }

  private Path cloned() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    var shop = new Shop(folder).configure("version: 1\n").commit();
    shop.git().must("clone", "-q", "--bare", ".", folder.resolve("origin.git").toString());
    shop.git().must("remote", "add", "origin", folder.resolve("origin.git").toString());
    return shop.path();
  }

  @Test
  void itIsFetchedFollowedAndPushedTo() throws IOException {
    Path repository = cloned();
    var git = new Git(repository);
    assertThat(CliRunner.in(repository, "fetch").out()).contains("Main is as origin/main");
    git.must("commit", "-q", "--allow-empty", "-m", "Own");
    assertThat(CliRunner.in(repository, "push").out()).contains("Pushed 1 commit to origin/main");
    assertThat(CliRunner.in(repository, "push").out()).contains("origin/main has all of main");
    git.must("reset", "-q", "--hard", "HEAD^");
    git.must("checkout", "-q", "--detach");
    assertThat(CliRunner.in(repository, "fetch").out())
        .contains("1 commit behind origin/main; hivedeck fetch --forward");
    assertThat(CliRunner.in(repository, "doctor").out()).contains("hivedeck fetch --forward");
    assertThat(CliRunner.in(repository, "status").out()).contains("1 commit behind origin/main");
    var forward = CliRunner.in(repository, "--json", "fetch", "--forward");
    assertThat(forward.json().path("forwarded").asInt()).as(forward.toString()).isEqualTo(1);
    assertThat(forward.json().path("behind").asInt()).isZero();
  }

  @Test
  void whatIsInTheWayIsSaidWithItsRemedy() throws IOException {
    Path repository = cloned();
    new Git(repository).must("remote", "remove", "origin");
    var fetch = CliRunner.in(repository, "fetch");
    assertThat(fetch.status()).isEqualTo(2);
    assertThat(fetch.err()).contains("origin", "git remote -v");
    var wrong = CliRunner.in(repository, "fetch", "--force");
    assertThat(wrong.status()).isEqualTo(2);
  }
}
