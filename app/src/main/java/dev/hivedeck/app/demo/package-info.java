/** The demo: a sample repository made fresh, worked by scripted agents, judged at the end. */
package dev.hivedeck.app.demo;
