package dev.hivedeck.engine.permission;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Ledger;

/** Registers what agents may do unasked. */
public final class PermissionArea {
  private PermissionArea() {}

  public static Area of(Ledger ledger, AgentLedger agents) {
    return Area.named("permission")
        .commands(Command.PermissionCommands.class, command -> carryOut(agents, command))
        .queries(Query.PermissionQueries.class, query -> answer(ledger, query))
        .build();
  }

  private static Action carryOut(AgentLedger agents, Command.PermissionCommands command) {
    return switch (command) {
      case Command.SetPermission c ->
          Action.write(
              tx -> {
                if (c.agent() != null) {
                  agents.spec(c.agent()); // refused where there is none
                }
                PermissionPolicy.set(tx, c);
              });
      case Command.RemovePermission c -> Action.write(tx -> PermissionPolicy.remove(tx, c.id()));
    };
  }

  private static Object answer(Ledger ledger, Query.PermissionQueries query) {
    return switch (query) {
      case Query.Permissions _ -> ledger.read(PermissionPolicy::all);
    };
  }
}
