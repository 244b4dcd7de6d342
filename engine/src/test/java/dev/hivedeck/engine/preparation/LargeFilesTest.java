package dev.hivedeck.engine.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What Git LFS lists is told apart from names that look like it. */
class LargeFilesTest {
  private static Git.Result listed(int exit, String out, String err) {
    return new Git.Result(exit, out.getBytes(StandardCharsets.UTF_8), err);
  }

  @Test
  void aMarkTellsPointersAndNamesDoNot() {
    String there = "4d7a214614 * Logo - final.psd\n4d7a214615 * a\n";
    assertThat(LargeFiles.pointers(listed(0, there, ""), name -> true)).isFalse();
    assertThat(LargeFiles.pointers(listed(0, there + "4d7a214616 - b * c\n", ""), name -> true))
        .isTrue();
    assertThat(LargeFiles.pointers(listed(0, "", ""), name -> true)).isFalse();
    assertThat(LargeFiles.pointers(listed(0, "4d7a214616 - out/b\n", ""), name -> false))
        .as("left out of a sparse checkout")
        .isFalse();
  }

  @Test
  void aListThatFailsIsNoEmptyOne() {
    assertThatThrownBy(() -> LargeFiles.pointers(listed(2, "", "bad index file"), name -> true))
        .hasMessageContaining("bad index file")
        .extracting(e -> ((HiveException) e).code())
        .isEqualTo("setup-failed");
  }
}
