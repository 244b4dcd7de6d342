package dev.hivedeck.engine.config.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.time.CronExpression;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code schedules}, noting at its line what is wrong with it. */
public final class ScheduleReader {
  private static final CronExpression USUAL = CronExpression.parse("@daily");

  private final YamlSource source;
  private final Set<String> agents;

  private ScheduleReader(YamlSource source, Set<String> agents) {
    this.source = source;
    this.agents = agents;
  }

  /**
   * The schedules of a configuration, by name, in its order.
   *
   * @param agents those that there are
   */
  public static Map<String, ScheduledTask> read(YamlSource source, Set<String> agents) {
    var reader = new ScheduleReader(source, agents);
    var schedules = new LinkedHashMap<String, ScheduledTask>();
    for (var entry : source.root().path("schedules").properties()) {
      schedules.put(entry.getKey(), reader.schedule(entry.getKey(), entry.getValue()));
    }
    return schedules;
  }

  private ScheduledTask schedule(String name, JsonNode node) {
    String at = "/schedules/" + name;
    var task = node.path("task");
    String agent = text(task, "agent");
    if (agent != null && !agents.contains(agent) && !agent.equals(View.YOU)) {
      source.wrong(
          at + "/task/agent",
          "schedule "
              + name
              + " is for "
              + agent
              + ", which is no agent here"
              + DidYouMean.to(agent, agents));
    }
    if (task.path("title").asText("x").isBlank()) {
      source.wrong(at + "/task/title", "a task needs a title; say in a few words what it is to do");
    }
    return new ScheduledTask(
        name,
        cron(node, at),
        zone(node, at),
        node.path("missed").asText("once").equals("once"),
        task.path("title").asText(name),
        text(task, "prompt"),
        agent,
        strings(task.path("capabilities")),
        strings(task.path("requirements")),
        task.has("priority") ? task.path("priority").asInt() : null,
        text(task, "kind"));
  }

  private CronExpression cron(JsonNode node, String at) {
    String cron = node.path("cron").asText("@daily");
    try {
      return CronExpression.parse(cron);
    } catch (IllegalArgumentException e) {
      source.wrong(
          at + "/cron",
          "\"" + cron + "\" is no cron expression: " + e.getMessage() + "; write 0 7 * * 1-5");
      return USUAL;
    }
  }

  private ZoneId zone(JsonNode node, String at) {
    String zone = text(node, "zone");
    try {
      return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
    } catch (DateTimeException e) {
      source.wrong(at + "/zone", "\"" + zone + "\" is no time zone; write Europe/Berlin or UTC");
      return ZoneId.of("UTC");
    }
  }

  private static @Nullable String text(JsonNode node, String key) {
    return node.hasNonNull(key) ? node.path(key).asText() : null;
  }

  private static List<String> strings(JsonNode node) {
    var list = new ArrayList<String>();
    node.forEach(n -> list.add(n.asText()));
    return list;
  }
}
