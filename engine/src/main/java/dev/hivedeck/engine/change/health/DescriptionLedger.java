package dev.hivedeck.engine.change.health;

import dev.hivedeck.engine.protocol.view.ChangeViews.Described;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The ledger of what agents and people said of changes. What a person said no agent replaces. */
public final class DescriptionLedger {
  private DescriptionLedger() {}

  /**
   * @param number of the change
   */
  public static List<Described> of(Sql sql, long number) throws SQLException {
    return sql
        .list(
            "SELECT * FROM description WHERE change = ?",
            row ->
                new Described(
                    row.word("section", DescriptionSection.class),
                    row.text("text"),
                    row.text("author")),
            number)
        .stream()
        .sorted(Comparator.comparing(Described::section))
        .toList();
  }

  /** What its agent said of it, now that it has done it. */
  public static void said(
      Tx tx, long number, String agent, Map<DescriptionSection, String> sections)
      throws SQLException {
    for (var section : sections.entrySet()) {
      tx.sql()
          .update(
              "INSERT INTO description(change, section, text, author, by_agent) VALUES (?, ?, ?, ?,"
                  + " 1) ON CONFLICT(change, section) DO UPDATE SET text = excluded.text, author ="
                  + " excluded.author WHERE by_agent = 1",
              number,
              section.getKey(),
              section.getValue(),
              agent);
    }
  }

  /** What a person says of it; nothing takes what was said away. */
  static void put(Tx tx, long number, DescriptionSection section, String text, String author)
      throws SQLException {
    tx.sql().update("DELETE FROM description WHERE change = ? AND section = ?", number, section);
    if (!text.isEmpty()) {
      tx.sql()
          .update(
              "INSERT INTO description(change, section, text, author, by_agent)"
                  + " VALUES (?, ?, ?, ?, 0)",
              number,
              section,
              text,
              author);
    }
  }

  /** Of a part what was said of the whole. */
  public static void copy(Tx tx, long whole, long part) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO description(change, section, text, author, by_agent)"
                + " SELECT ?, section, text, author, by_agent FROM description WHERE change = ?",
            part,
            whole);
  }
}
