package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A row is a line of a terminal, and the whole of it elsewhere. */
class TextTableTest {
  private final TextTable table = new TextTable("Series", "Why");

  @Test
  void onATerminalLongCellsEndInAnEllipsis() {
    table.row("a".repeat(100), "b".repeat(200));
    assertThat(table.text(true).lines())
        .allMatch(line -> line.length() <= 120)
        .last()
        .asString()
        .startsWith("a".repeat(45) + "…  b")
        .endsWith("b…");
  }

  @Test
  void elsewhereNothingIsCut() {
    table.row("checks_total{check=\"home\",outcome=\"failure\"}".repeat(3), "because ".repeat(40));
    table.row("short", "");
    assertThat(table.text(false))
        .contains(
            "checks_total{check=\"home\",outcome=\"failure\"}".repeat(3) + "  because because")
        .doesNotContain("…");
  }

  @Test
  void columnsStandBelowEachOther() {
    table.row("short", "one");
    table.row("x".repeat(60), "two");
    assertThat(
            table.text(false).lines().map(line -> line.indexOf(line.endsWith("e") ? "one" : "two")))
        .contains(62);
    assertThat(table.text(false).lines().skip(1).findFirst().orElseThrow()).hasSize(65);
  }
}
