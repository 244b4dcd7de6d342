/**
 * What an agent asks Hivedeck to do for it in its folder: files read and written, commands run in a
 * terminal. Everything stays inside the folder and ends with the attempt.
 */
package dev.hivedeck.engine.agent.request;
