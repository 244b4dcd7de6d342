package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.EngineAccess.Opened;
import dev.hivedeck.app.cli.chaos.ChaosPlan.Fault;
import dev.hivedeck.app.cli.chaos.ChaosPlan.Kind;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.gateway.FaultCommand;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.engine.protocol.view.AgentViews.Agent;
import dev.hivedeck.engine.protocol.view.AttemptViews.Attempt;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.protocol.view.SloViews.Alert;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Services and agents of an engine of this machine. */
final class EngineSubjects implements Subjects {
  private static final int ALERTS = 200;

  private final Opened opened;

  /** Alerts that were there before it went wrong. */
  private final Set<String> before = new HashSet<>();

  private long lines;

  EngineSubjects(Opened opened) {
    this.opened = opened;
  }

  @Override
  public Optional<Target> find(Fault fault) {
    before.clear();
    try {
      var target = fault.agent() ? attempt(fault.subject()) : instance(fault.subject());
      if (target.isPresent()) {
        alerts().forEach(a -> before.add(a.id()));
      }
      return target;
    } catch (HiveException e) {
      return Optional.empty(); // the engine does not answer: it may be back soon
    }
  }

  private Optional<Target> instance(String name) {
    return service(name)
        .filter(s -> s.origin() == ServiceOrigin.HIVEDECK && s.state() == ServiceState.HEALTHY)
        .flatMap(
            s ->
                s.instances().stream()
                    .filter(i -> i.state() == ServiceState.HEALTHY && pid(i) > 0)
                    .findFirst())
        .map(i -> new Target(i.name(), name, pid(i)));
  }

  private static long pid(ServiceInstance instance) {
    Long pid = instance.pid();
    return pid == null ? 0 : pid;
  }

  private Optional<Service> service(String name) {
    return opened.all(ServiceRegistration.SERVICE, Service.class).stream()
        .filter(s -> s.id().equals(name))
        .findFirst();
  }

  private Optional<Target> attempt(String agent) {
    return opened.all(Topic.AGENT, Agent.class).stream()
        .filter(a -> a.id().equals(agent))
        .map(Agent::task)
        .filter(task -> task != null)
        .flatMap(task -> attempts(task).stream())
        .filter(a -> a.state() == AttemptState.WORKING && a.pid() > 0)
        .reduce((_, last) -> last)
        .map(
            a -> {
              lines = a.lines();
              return new Target(a.id(), a.task(), a.pid());
            });
  }

  private List<Attempt> attempts(@Nullable String task) {
    return task == null ? List.of() : opened.list(new Query.Attempts(task), Attempt.class);
  }

  private List<Alert> alerts() {
    return opened.list(new Query.Alerts(ALERTS), Alert.class).stream()
        .filter(a -> a.ended() == null)
        .toList();
  }

  @Override
  public Sight look(Fault fault, Target target) {
    try {
      var alert =
          alerts().stream()
              .filter(a -> !before.contains(a.id()))
              .map(a -> "alert " + a.labels().getOrDefault("alertname", a.objective()))
              .findFirst();
      var sight = fault.agent() ? attemptSight(target) : serviceSight(target);
      return new Sight(
          sight.noticed() == null ? alert.orElse(null) : sight.noticed(),
          sight.well() && (alert.isEmpty() || fault.kind() != Kind.SLOW),
          sight.why().isEmpty() ? alert.orElse("") : sight.why());
    } catch (HiveException e) {
      return new Sight(null, false, "the engine does not answer: " + e.getMessage());
    }
  }

  private Sight serviceSight(Target target) {
    var service = service(target.of());
    if (service.isEmpty()) {
      return new Sight("its service is gone", false, "its service is gone");
    }
    var s = service.get();
    var instance = s.instances().stream().filter(i -> i.name().equals(target.name())).findFirst();
    boolean same = instance.filter(i -> pid(i) == target.pid()).isPresent();
    boolean well =
        s.state() == ServiceState.HEALTHY
            && instance.filter(i -> i.state() == ServiceState.HEALTHY).isPresent();
    String state = target.of() + " is " + Word.kebab(s.state()).replace('-', ' ');
    return new Sight(
        s.state() != ServiceState.HEALTHY ? state : same ? null : "it was begun again",
        well,
        s.why().isEmpty() ? state : state + ", " + s.why());
  }

  /** It is well again when another attempt is at work, or the task is done, or it goes on. */
  private Sight attemptSight(Target target) {
    var all = attempts(target.of());
    var hit = all.stream().filter(a -> a.id().equals(target.name())).findFirst();
    if (hit.isEmpty()) {
      return new Sight("its attempt is gone", false, "its attempt is gone");
    }
    var attempt = hit.get();
    if (!attempt.state().over()) {
      boolean passedOn = attempt.pid() != target.pid(); // its agent ended, and it is checked
      return new Sight(
          passedOn ? "its agent ended" : null,
          attempt.lines() > lines || attempt.state() == AttemptState.CHECKING,
          "nothing is heard of its attempt");
    }
    if (attempt.state() == AttemptState.SUCCEEDED) {
      return new Sight("its attempt ended", true, "");
    }
    boolean goesOn =
        all.stream()
            .filter(a -> a.number() > attempt.number())
            .anyMatch(a -> a.pid() > 0 || a.state() == AttemptState.SUCCEEDED);
    String reason = attempt.reason() == null ? "" : ": " + attempt.reason();
    return new Sight("its attempt ended" + reason, goesOn, "no other attempt is at work");
  }

  @Override
  public Undo harm(Fault fault, Target target) {
    if (fault.kind() != Kind.SLOW) {
      return ProcessHarm.harm(fault.kind(), target.pid(), fault.time());
    }
    var door = opened.door();
    door.execute(
        new FaultCommand.InjectFault(
            target.of(), null, null, null, text(fault.delay()), text(fault.time())),
        null,
        null);
    return () -> {
      try {
        door.execute(new FaultCommand.ClearFault(target.of(), null), null, null);
      } catch (HiveException e) {
        // it is over by itself, or its engine is gone and the fault with it
      }
    };
  }

  private static String text(Duration time) {
    return time.toMillis() + "ms";
  }
}
