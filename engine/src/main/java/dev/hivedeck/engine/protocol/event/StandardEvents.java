package dev.hivedeck.engine.protocol.event;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Registration;
import java.util.List;
import java.util.stream.Stream;

/** The types of events of the areas that the engine lists by hand. */
public final class StandardEvents implements Registration {
  @Override
  public List<EventType> events() {
    return Stream.<EventType[]>of(
            WorkspaceEvent.values(),
            PermissionEvent.values(),
            PlanEvent.values(),
            TaskEvent.values(),
            AttemptEvent.values(),
            AgentEvent.values(),
            ChangeEvent.values(),
            DecisionEvent.values(),
            DriftEvent.values(),
            LessonEvent.values(),
            ObjectiveEvent.values(),
            PolicyEvent.values(),
            AlertEvent.values(),
            NoticeEvent.values())
        .flatMap(Stream::of)
        .toList();
  }
}
