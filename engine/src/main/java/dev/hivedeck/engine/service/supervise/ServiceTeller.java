package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.protocol.service.ServiceEvent;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.service.ServiceLedger;
import dev.hivedeck.engine.store.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Writes down and tells how services are, whenever that is otherwise than it was told last. */
public final class ServiceTeller {
  private final Store store;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;
  private final Map<String, Service> told = new HashMap<>();

  /** What was told of, before it was masked. */
  private final Map<String, Service> seen = new HashMap<>();

  /**
   * @param masked takes secrets out of a text
   */
  public ServiceTeller(Store store, Supplier<String> ids, UnaryOperator<String> masked) {
    this.store = store;
    this.ids = ids;
    this.masked = masked;
  }

  /**
   * Tells of a service, if that is news.
   *
   * @param auto whether it is to run where nobody said
   */
  public void tell(Service now, boolean auto) {
    if (now.equals(seen.get(now.id()))) {
      return;
    }
    var view = masked(now);
    var before = told.get(view.id());
    if (view.equals(before)) {
      seen.put(now.id(), now);
      return;
    }
    boolean other = before == null || before.state() != view.state();
    var type = other ? type(view) : ServiceEvent.CHANGED;
    store.update(ids.get(), tx -> ServiceLedger.tell(tx, type, words(type, view), view, auto));
    told.put(view.id(), view);
    seen.put(now.id(), now);
  }

  /** Tells that a service is gone. */
  public void forget(String name) {
    told.remove(name);
    seen.remove(name);
    store.update(ids.get(), tx -> ServiceLedger.remove(tx, name));
  }

  private Service masked(Service view) {
    String run = view.run();
    return new Service(
        view.id(),
        view.origin(),
        view.state(),
        view.wanted(),
        masked.apply(view.why()),
        run == null ? null : masked.apply(run),
        view.folder(),
        view.route(),
        view.needs(),
        view.watch(),
        view.check(),
        view.instances().stream().map(i -> i.because(masked.apply(i.why()))).toList());
  }

  private static ServiceEvent type(Service view) {
    return switch (view.state()) {
      case STARTING -> ServiceEvent.STARTING;
      case HEALTHY -> ServiceEvent.HEALTHY;
      case UNHEALTHY -> ServiceEvent.UNHEALTHY;
      case BACKING_OFF -> ServiceEvent.CRASHED;
      case FAILED -> ServiceEvent.FAILED;
      case STOPPED -> ServiceEvent.STOPPED;
      case STOPPING -> ServiceEvent.CHANGED;
    };
  }

  private static String words(ServiceEvent type, Service view) {
    String service = view.id();
    return switch (type) {
      case STARTING -> service + " is starting";
      case HEALTHY -> service + " is healthy";
      case UNHEALTHY -> service + " is unhealthy: " + view.why();
      case CRASHED -> service + " " + view.why() + ", and is begun again";
      case FAILED -> service + " given up: " + view.why();
      case STOPPED -> service + " is stopped";
      case CHANGED, REMOVED -> service + " has changed";
    };
  }
}
