drop schema cognito cascade;
