package dev.hivedeck.engine.security.audit;

import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.area.AreaContext;
import dev.hivedeck.engine.area.AreaRegistration;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.audit.AuditQuery;
import java.util.List;
import java.util.Map;

/** Registers who did what. */
public final class AuditRegistration implements AreaRegistration {
  static final Topic TOPIC = Topic.registered("audit", AuditEntry.class).forPeople();

  private static final String WORD = "audit";

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(WORD, AuditQuery.Entries.class);
  }

  @Override
  public List<Topic> topics() {
    return List.of(TOPIC);
  }

  @Override
  public List<EventType> events() {
    return List.of(AuditEvent.values());
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/audit",
            "listAudit",
            "Who did what, by which entry point, with what outcome; the newest first",
            WORD,
            AuditEntry.class,
            true,
            Map.of(
                "since", "A time, or how long ago: 7d.",
                "by", "you, an attempt, or an entry point: desktop, cli, http, mcp, feed.",
                "limit", "At most so many; default " + AuditLog.SHOWN + ".")));
  }

  @Override
  public Area area(AreaContext context) {
    return Area.named(WORD)
        .queries(
            AuditQuery.class,
            query ->
                switch (query) {
                  case AuditQuery.Entries q ->
                      context
                          .ledger()
                          .read(sql -> AuditLog.entries(sql, q, context.clock().instant()));
                })
        .things(TOPIC, AuditLog::latest)
        .observer(new AuditLog(context.masked()))
        .build();
  }
}
