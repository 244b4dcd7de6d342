package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Sender.EntryPoint;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import java.util.List;

/** Flags beside a workspace: one set by hand, one in a rollout, one killed. */
public final class SampleFlags {
  private SampleFlags() {}

  public static List<Flag> all() {
    return List.of(newCheckout(20, WeightSource.PERSON, false, null), theme(), killed());
  }

  /** A flag of two sides. */
  public static Flag newCheckout(double on, WeightSource by, boolean killed, String rollout) {
    return new Flag(
        "new-checkout",
        "boolean",
        List.of(
            new FlagVariant("on", BooleanNode.TRUE, on, 412, 5),
            new FlagVariant("off", BooleanNode.FALSE, 100 - on, 1_688, 12)),
        "off",
        "targetingKey",
        List.of(
            new FlagRule("email", "endsWith", List.of(TextNode.valueOf("@example.com")), "on"),
            new FlagRule(
                "plan", "in", List.of(TextNode.valueOf("pro"), TextNode.valueOf("team")), "on")),
        by,
        killed,
        "",
        rollout);
  }

  private static Flag theme() {
    return new Flag(
        "theme",
        "string",
        List.of(
            new FlagVariant("light", TextNode.valueOf("#ffffff"), 85, 0, 0),
            new FlagVariant("dark", TextNode.valueOf("#000000"), 10, 0, 0),
            new FlagVariant("sepia", TextNode.valueOf("#f4ecd8"), 5, 0, 0)),
        "light",
        "userId",
        List.of(),
        WeightSource.CONFIGURATION,
        false,
        "",
        null);
  }

  private static Flag killed() {
    return new Flag(
        "fast-search",
        "boolean",
        List.of(
            new FlagVariant("on", BooleanNode.TRUE, 50, 96, 31),
            new FlagVariant("off", BooleanNode.FALSE, 50, 102, 2)),
        "off",
        "targetingKey",
        List.of(),
        WeightSource.ROLLOUT,
        true,
        "searches find nothing",
        null);
  }

  /** A rollout of the first that is over. */
  public static Rollout rollout() {
    var at = Sample.NOW.minusSeconds(30 * 3600);
    return SampleRollouts.rollout(
        "R-9",
        "flag:new-checkout",
        RolloutState.ABORTED,
        null,
        "stopped for the release",
        1,
        0,
        at,
        at.plusSeconds(1800));
  }

  /** Who did what with them. */
  public static List<AuditEntry> history() {
    return List.of(
        entry("901", 3000, EntryPoint.CLI, "flag.set", "new-checkout", "{\"weight\":5.0}"),
        entry(
            "902",
            1200,
            EntryPoint.DESKTOP,
            "flag.set",
            "new-checkout",
            "{\"weight\":20.0,\"variant\":\"on\"}"),
        entry(
            "903",
            600,
            EntryPoint.CLI,
            "flag.kill",
            "fast-search",
            "{\"because\":\"searches find nothing\"}"));
  }

  private static AuditEntry entry(
      String id, long ago, EntryPoint by, String command, String about, String fields) {
    return new AuditEntry(
        id,
        Sample.NOW.minusSeconds(ago),
        AuditEntry.YOU,
        by,
        command,
        about,
        null,
        null,
        fields,
        "c-" + id);
  }

  /** What the engine answers about them and about rollouts. */
  public static JsonNode answer(Query query) {
    return query instanceof FlagQuery.Flags ? Json.tree(all()) : SampleRollouts.answer(query);
  }
}
