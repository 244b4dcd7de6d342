package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.http.HttpRoute.Answer;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.LessonViews;
import java.util.List;

/** Lessons, as they were at any time. */
final class LessonRoutes extends RouteGroup {

  @Override
  void register() {
    several(
        "/v1/lessons/{id}/sightings",
        "listSightings",
        "Where a lesson comes from, the latest first",
        Query.Sighting.class,
        (engine, call) -> engine.query(new Query.Sightings(call.id())));
    steer(
        "/v1/lessons/{id}/judge",
        "judgeLesson",
        "Accept, mute, delete or reset a lesson",
        "lesson.judge",
        "id",
        LessonViews.Lesson.class,
        Topic.LESSON);
    steer(
        "/v1/lessons/{id}/word",
        "wordLesson",
        "Word what helps; without a remedy your words are taken back",
        "lesson.word",
        "id",
        LessonViews.Lesson.class,
        Topic.LESSON);
    get(
        "/v1/recorded-lessons",
        "listRecordedLessons",
        "What agents recorded, word for word, newest first",
        List.of(limit(PAGE)),
        new Answer(Query.Lesson.class, true),
        (engine, call) -> engine.query(new Query.Lessons((int) limit(call, PAGE))));
  }
}
