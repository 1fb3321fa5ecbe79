"""Runners, pipelines, jobs, and which projects' job tokens a project lets in."""
