package dev.hivedeck.engine.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import org.junit.jupiter.api.Test;

class NestingLimitTest {
  private static YamlSource read(int levels) {
    return new YamlSource(
        "plan.yaml",
        "\na: " + "[".repeat(levels - 1) + "x" + "]".repeat(levels - 1),
        ErrorCode.CONFIG_INVALID);
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedWithItsPlace() {
    assertThat(read(NestingLimit.DEEPEST).root()).hasSize(1);
    for (int levels : new int[] {NestingLimit.DEEPEST + 1, 100_000}) {
      assertThatThrownBy(() -> read(levels))
          .isInstanceOf(HiveException.class)
          .hasMessage("plan.yaml:2: not valid YAML: nested deeper than 50 levels");
    }
  }
}
