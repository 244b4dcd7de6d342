package dev.hivedeck.engine.protocol.service;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import java.util.List;
import java.util.Map;

/** Adds services to the protocol. */
public final class ServiceRegistration implements Registration {
  public static final Topic SERVICE = Topic.registered("service", Service.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "preview.start", PreviewCommand.StartPreview.class,
        "preview.stop", PreviewCommand.StopPreview.class,
        "service.start", ServiceCommand.StartService.class,
        "service.stop", ServiceCommand.StopService.class,
        "service.restart", ServiceCommand.RestartService.class,
        "service.register", ServiceCommand.RegisterService.class,
        "service.heartbeat", ServiceCommand.HeartbeatService.class,
        "service.deregister", ServiceCommand.DeregisterService.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "previews", PreviewQuery.Previews.class,
        "services", ServiceQuery.Services.class,
        "service", ServiceQuery.OneService.class,
        "service.instance", ServiceQuery.HealthyInstance.class,
        "service.figures", ServiceQuery.Figures.class,
        "service.log", ServiceQuery.Log.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(ServiceEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(SERVICE);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        asked("/v1/services", "listServices", "Services with their instances", "services", true),
        asked("/v1/services/{id}", "getService", "A service with its instances", "service", false),
        new Route(
            "/v1/services/{id}/instance",
            "getHealthyInstance",
            "A healthy instance of a service, each in turn",
            "service.instance",
            ServiceInstance.class,
            false,
            Map.of()),
        new Route(
            "/v1/service-figures",
            "listServiceFigures",
            "What checks of each instance said of late, and how long they took",
            "service.figures",
            ServiceFigures.class,
            true,
            Map.of()),
        new Route(
            "/v1/services/{id}/log",
            "getServiceLog",
            "Lines of what a service printed and what was done with it, the oldest first",
            "service.log",
            ServiceLog.class,
            false,
            Map.of(
                "instance", "Only of that instance.",
                "from", "Place of the first line; negative counts from the end.",
                "limit", "At most so many; default 100.")),
        asked("/v1/previews", "listPreviews", "Apps of worktrees that run", "previews", true),
        preview("start", "startPreview", "Runs the app of a change, a task or an attempt"),
        preview("stop", "stopPreview", "Ends the app of a change, a task or an attempt"),
        done("/v1/services", "registerService", "Something that runs tells where", "register"),
        done("/v1/services/{id}/start", "startService", "Lets a service run", "start"),
        done("/v1/services/{id}/stop", "stopService", "Ends a service", "stop"),
        done(
            "/v1/services/{id}/restart",
            "restartService",
            "Begins its instances anew, one after another",
            "restart"),
        done(
            "/v1/services/{id}/heartbeat",
            "heartbeatService",
            "Something still is there",
            "heartbeat"),
        done(
            "/v1/services/{id}/deregister",
            "deregisterService",
            "Something that registered goes away",
            "deregister"));
  }

  private static Route asked(String path, String id, String summary, String word, boolean list) {
    return new Route(path, id, summary, word, Service.class, list, Map.of());
  }

  private static Route preview(String verb, String id, String summary) {
    return new Route(
        "/v1/previews/{id}/" + verb,
        id,
        summary,
        "preview." + verb,
        Service.class,
        false,
        Map.of());
  }

  private static Route done(String path, String id, String summary, String verb) {
    return new Route(path, id, summary, "service." + verb, Service.class, false, Map.of());
  }
}
