package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.view.BudgetViews.BudgetUse;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** What was spent, of how much. */
@Command(name = "budget", description = "What agents have spent, and the share of each budget.")
public final class BudgetCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var budgets = opened.door().stats().budgets();
      var textTable = new TextTable("Whose", "Spent", "Of", "Tokens", "Of", "Used");
      for (BudgetUse use : budgets) {
        boolean limited = use.limitCost() != null || use.limitTokens() != null;
        textTable.row(
            use.words(),
            money(use.usedCost()),
            use.limitCost() == null ? "" : money(use.limitCost()),
            String.format(Locale.ROOT, "%,d", use.usedTokens()),
            use.limitTokens() == null ? "" : String.format(Locale.ROOT, "%,d", use.limitTokens()),
            limited ? use.percent() + "%" : "no limit");
      }
      cli.answer(budgets, textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  private static String money(double dollars) {
    return String.format(Locale.ROOT, "$%.2f", dollars);
  }
}
