package dev.hivedeck.engine.config.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What hive.yaml says of GitHub, and that what it cannot say is refused at its line. */
class GitHubReaderTest {
  private static GitHubConfig read(String github) {
    return HiveConfig.parse("hive.yaml", "version: 1\ngithub:\n  " + github + "\n").github();
  }

  @Test
  void withoutASectionTheStandardHolds() {
    assertThat(HiveConfig.parse("hive.yaml", "version: 1\n").github())
        .isEqualTo(GitHubConfig.STANDARD);
    assertThat(GitHubConfig.STANDARD.issues().wanted()).isFalse();
  }

  @Test
  void everyKeyIsRead() {
    var config =
        read(
            """
            remote: upstream
              api: https://ghe.example.com/api/v3
              every: 30s
              pulls: { draft: on, labels: [a, b], reviewers: none, template: "{{what}} {{ tests }}" }
              merge: github
              rounds: 0
              cooldown: 1h
              issues: { label: hive, query: "is:open", agent: a, kind: bug, close: off }
              webhook: secret:hook
            """);
    assertThat(config)
        .isEqualTo(
            new GitHubConfig(
                "upstream",
                "https://ghe.example.com/api/v3",
                Duration.ofSeconds(30),
                new GitHubConfig.Pulls(true, List.of("a", "b"), false, "{{what}} {{ tests }}"),
                MergedBy.GITHUB,
                0,
                Duration.ofHours(1),
                new GitHubConfig.Issues("hive", "is:open", "a", "bug", false),
                "secret:hook"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every: 1s | more often than every ten seconds",
        "every: soon | \"soon\" is no time",
        "api: http://ghe.example.com | would carry the token for anybody to read",
        "api: 'https://me:secret@ghe.example.com' | is no base address",
        "api: 'no address' | is no address",
        "webhook: hunter2hunter2 | the secret of webhooks does not stand here",
        "remote: '-oProxyCommand=x' | is no name of a remote",
        "pulls: { template: '{{waht}}' } | there is nothing to put for {{waht}}",
        "merge: maybe | merge",
        "labels: [a] | labels",
      })
  void whatCannotBeIsRefusedAtItsLine(String github, String words) {
    assertThatThrownBy(() -> read(github.strip()))
        .hasMessageContaining("hive.yaml:3")
        .hasMessageContaining(words)
        .hasMessageNotContaining("hunter2hunter2");
  }
}
