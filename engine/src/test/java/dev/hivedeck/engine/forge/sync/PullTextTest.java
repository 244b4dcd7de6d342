package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.git.diff.CodeOwnersFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom CODEOWNERS names, and what is known again as written here. */
class PullTextTest {
  private static final String OWNERS =
      """
      # who is asked
      *            @lead
      *.sql        @octo/data  @dba
      /docs/       docs@example.org @writer # and nobody else
      /docs/api/
      spaced\\ name @tab
      """;

  private static List<String> owners(String but, String... files) {
    return PullText.owners(CodeOwnersFile.parse(OWNERS), List.of(files), but);
  }

  @Test
  void theLastLineThatCoversAFileNamesItsOwners() {
    assertThat(owners("", "a.txt")).containsExactly("lead");
    assertThat(owners("", "db/1.sql", "a.txt")).containsExactly("octo/data", "dba", "lead");
    assertThat(owners("", "docs/a.md"))
        .as("a mail address is nobody there")
        .containsExactly("writer");
    assertThat(owners("", "docs/api/a.md")).as("a line without owners takes them away").isEmpty();
    assertThat(owners("", "spaced name")).containsExactly("tab");
  }

  @Test
  void nobodyReviewsTheirOwn() {
    assertThat(owners("DBA", "db/1.sql")).containsExactly("octo/data");
  }

  @Test
  void lineEndsMakeNoOtherText() {
    assertThat(PullText.digest("a\r\nb\r\n")).isEqualTo(PullText.digest("a\nb"));
    assertThat(PullText.digest("a\nb")).isNotEqualTo(PullText.digest("a b"));
  }
}
