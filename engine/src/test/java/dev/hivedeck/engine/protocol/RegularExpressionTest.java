package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

class RegularExpressionTest {
  @Test
  void theWholeTextMatchesAlsoALongOne() {
    assertThat(RegularExpression.of("5..").matches("503")).isTrue();
    assertThat(RegularExpression.of("5..").matches("5030")).isFalse();
    assertThat(RegularExpression.of("a|ab").matches("ab")).isTrue();
    assertThat(RegularExpression.of("a.b").matches("a\nb")).isTrue();
    assertThat(RegularExpression.of("(A|B)*").matches("A".repeat(60_000))).isTrue();
    assertThat(RegularExpression.of("(a*)*b").matches("a".repeat(2_000))).isFalse();
    assertThat(RegularExpression.of("[(]{2}\\({2}[^]]{3}").matches("((((abc")).isTrue();
  }

  @Test
  void whatIsTooLargeIsRefused() {
    for (String wrong :
        List.of(
            "(",
            "(?=a)b",
            "(a{1,900}){1,900}b",
            "((a{900}){900}){900}",
            "(a{9000,}){9000}",
            "a".repeat(RegularExpression.LONGEST + 1),
            "(".repeat(200) + ")".repeat(200))) {
      assertThatThrownBy(() -> RegularExpression.of(wrong))
          .as(wrong)
          .isInstanceOf(PatternSyntaxException.class);
    }
  }
}
